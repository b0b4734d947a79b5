using System.Globalization;
using System.Text.Json;
using CityPerception.Core.Configuration;
using CityPerception.Hosting;
using Microsoft.AspNetCore.Http.Features;

namespace CityPerception.Upkeep;

/// <summary><c>POST /api/plans</c>: compares the configuration that is sent with the one that runs; a line an event, the result last.</summary>
internal sealed class PlanEndpoint(PlanWork work, OperationsState operations, EventLines lines)
{
    public const string Path = "/api/plans";

    private const long MaxBytes = 32 << 20;

    private const int FaultsShown = 10;

    public async Task<IResult> PostAsync(HttpContext context, int? days, CancellationToken cancellationToken)
    {
        if (days is < 1 or > PlanWork.MaxDays) return Problem(string.Create(CultureInfo.InvariantCulture, $"days is {days}; allowed: {PlanWork.AllowedDays}."));
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = MaxBytes;
        PlanFiles? sent;
        try
        {
            sent = await JsonSerializer.DeserializeAsync(context.Request.Body, UpkeepJson.Default.PlanFiles, cancellationToken);
        }
        catch (JsonException e)
        {
            return Problem("the body is no {\"files\": {path: base64}}: " + e.Message);
        }

        if (sent?.Files is not { Count: > 0 } files) return Problem("the body has no files; allowed: {\"files\": {path: base64}}.");
        if (PlanWork.Compile(files, out IReadOnlyList<ConfigFault> faults) is not { } changed)
            return Problem($"The configuration has {faults.Count} faults: {string.Join("; ", faults.Take(FaultsShown))}. See cityperception check. 配置有误，请先运行 check。");
        return await lines.AnswerAsync<PlanEvent>(context, UpkeepJson.Plain.PlanEvent, async (say, ending) =>
        {
            await operations.Opened.WaitAsync(ending);
            await say(new PlanEvent(null, await work.CompareAsync(changed, files, days ?? PlanWork.DefaultDays, say, ending)));
            return null;
        }, cancellationToken);
    }

    private static IResult Problem(string fault) => Results.Problem(fault, statusCode: StatusCodes.Status400BadRequest);
}
