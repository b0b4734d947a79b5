using System.Text;
using CityPerception.Core.Observations;
using CityPerception.Storage.DeadLetters;
using CityPerception.Tests.Support;

namespace CityPerception.Tests.Durability;

/// <summary>A store that takes a part of each batch: somebody else has written the field before, as text.</summary>
public sealed class StoreRefusesTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ingest_FieldOfAnotherTypeInTheStore_KeepsThoseLinesAndStoresTheOthers()
    {
        await using FarInflux store = await FarInflux.StartAsync();
        await store.Influx.QueryAsync($"CREATE DATABASE {store.Database}", Ct);
        await store.Influx.WriteAsync(store.Database, $"air_quality,device=theirs pm25=\"high\" {NumberedLoad.TimeNs(0)}", Ct);
        await using Server server = await store.StartServerAsync();
        GatewayLoad load = GatewayLoad.Start(server, badOnes: false);
        await load.AcknowledgedAsync(600);
        await load.FinishAsync();
        await server.WaitUntilDrainedAsync();

        DeadLetter[] letters = [.. Kept.AllLettersIn(store.Data)];
        Assert.All(letters, letter =>
        {
            Rejection why = Assert.Single(letter.Rejections);
            Assert.Equal((DeadLetterKind.Line, RejectionReason.RefusedByStore), (letter.Kind, why.Reason));
            Assert.Contains("field type conflict", why.Detail, StringComparison.Ordinal);
        });

        // The line itself is kept, with its time: everything acknowledged is either there or in the store.
        string[] lines = [.. letters.Select(letter => Encoding.UTF8.GetString(letter.Payload.Span).TrimEnd('\n'))];
        Assert.All(lines, line => Assert.StartsWith("air_quality,", line, StringComparison.Ordinal));
        long[] refused = [.. lines.Select(line => NumberedLoad.NumberOf(long.Parse(line[(line.LastIndexOf(' ') + 1)..], System.Globalization.CultureInfo.InvariantCulture)))];
        long[] stored = [.. (await Kept.PointsAsync(store.Influx, store.Database, "noise", "leq")).Select(point => NumberedLoad.NumberOf(point.TimeNs))];
        Assert.NotEmpty(refused);
        Assert.NotEmpty(stored);
        Assert.Equal(load.Acknowledged.Order(), refused.Concat(stored).Order());
        Assert.Equal(refused.Length, await server.MetricAsync("cityperception_dispatch_lines_refused_total"));
        Assert.Contains("now dead letters; the first: partial write: field type conflict", server.Printed, StringComparison.Ordinal);
    }
}
