using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace CityPerception.DeadLetters;

/// <summary>Has the server of a data directory do a replay, and follows it.</summary>
internal static class ReplayClient
{
    private const string Ended = "The server ended, or was lost, before the replay was done. What was replayed is marked; give the same command again. 服务中断，请重新执行。";

    /// <summary>Null if the server is not there: its file is from a run that has ended.</summary>
    public static async Task<ReplayReply?> TryRunAsync(InstanceAddress address, ReplayRequest request, Func<ReplayEvent, ValueTask> report, CancellationToken cancellationToken)
    {
        using HttpClient http = InstanceClient.Create(address);
        using var message = new HttpRequestMessage(HttpMethod.Post, LetterEndpoints.ReplayPath)
        {
            Content = JsonContent.Create(request, LetterJson.Default.ReplayRequest),
        };
        message.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(LetterEndpoints.LinesType));
        HttpResponseMessage answer;
        try
        {
            answer = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException e) when (e.HttpRequestError is HttpRequestError.ConnectionError)
        {
            return null;
        }
        catch (HttpRequestException)
        {
            return ReplayReply.Failed(Ended);
        }

        using (answer)
        {
            if (answer.StatusCode is HttpStatusCode.PreconditionFailed or HttpStatusCode.NotFound) return null; // another has the port now
            try
            {
                return answer.IsSuccessStatusCode
                    ? await FollowAsync(answer, report, cancellationToken)
                    : ReplayReply.Failed($"The server at {address.Url} refuses: {await DetailAsync(answer, cancellationToken)}");
            }
            catch (Exception e) when (e is IOException or HttpRequestException or JsonException)
            {
                return ReplayReply.Failed(Ended);
            }
        }
    }

    private static async Task<ReplayReply> FollowAsync(HttpResponseMessage answer, Func<ReplayEvent, ValueTask> report, CancellationToken cancellationToken)
    {
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(cancellationToken));
        while (await lines.ReadLineAsync(cancellationToken) is { } line)
        {
            ReplayEvent? happened = JsonSerializer.Deserialize(line, LetterJson.Default.ReplayEvent);
            if (happened?.Result is { } result) return ReplayReply.Of(result);
            if (happened is not null) await report(happened);
        }

        return ReplayReply.Failed(Ended);
    }

    private static async Task<string> DetailAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        return await InstanceClient.FindDetailAsync(answer, cancellationToken) is { } detail ? $"{(int)answer.StatusCode}: {detail}" : $"{(int)answer.StatusCode}";
    }
}
