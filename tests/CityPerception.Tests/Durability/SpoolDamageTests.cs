using System.Globalization;
using System.Text;
using CityPerception.Core.Observations;
using CityPerception.Storage.DeadLetters;
using CityPerception.Tests.Support;

namespace CityPerception.Tests.Durability;

/// <summary>The disk changes bytes in the middle of what waits, while nobody looks.</summary>
public sealed class SpoolDamageTests
{
    private const int Count = 120, Hit = 57;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_RecordDamaged_DeliversTheOthersAndSaysWhatIsLost()
    {
        await using FarInflux store = await FarInflux.StartAsync();
        store.Network.Down();
        await using (Server server = await store.StartServerAsync())
        {
            for (long number = 0; number < Count; number++)
            {
                using HttpResponseMessage taken = await server.PostAsync("/api/v2/write?precision=ms", NumberedLoad.Line(number));
                Assert.True(taken.IsSuccessStatusCode);
            }

            await server.KillAsync();
        }

        byte[] damaged = Damage(Path.Combine(store.Data, "spool", "00000000.seg"), out long offset);

        store.Network.Up();
        await using Server again = await store.StartServerAsync();
        await again.WaitUntilDrainedAsync();
        IEnumerable<long> stored = (await Kept.PointsAsync(store.Influx, store.Database, "noise", "leq")).Select(point => NumberedLoad.NumberOf(point.TimeNs));
        Assert.Equal(Enumerable.Range(0, Count).Where(n => n != Hit).Select(n => (long)n), stored.Order());

        // The letter has the place and the bytes as they are now, which somebody may still make sense of.
        DeadLetter letter = Assert.Single(Kept.AllLettersIn(store.Data));
        Assert.Equal((DeadLetterKind.SpoolRecord, RejectionReason.SpoolRecordDamaged), (letter.Kind, letter.Reason));
        Assert.True(letter.Payload.Span.IndexOf(damaged) >= 0);
        string[] place = letter.Rejections[0].Path.Split(' ');
        Assert.InRange(offset, long.Parse(place[1], CultureInfo.InvariantCulture), long.Parse(place[3], CultureInfo.InvariantCulture));
        Assert.Equal("bytes 1 to 2 of the spool", $"bytes 1 to 2 {string.Join(' ', place[4..])}");
        Assert.Equal(1, await again.MetricAsync("cityperception_spool_records_damaged_total"));
        Assert.Contains($"The spool at address {place[1]} is damaged over", again.Printed, StringComparison.Ordinal);
    }

    // Turns the value of one line into another that could be true: only the checksum knows.
    private static byte[] Damage(string segment, out long offset)
    {
        byte[] all = File.ReadAllBytes(segment);
        byte[] line = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"leq={NumberedLoad.ValueOf(Hit)} {NumberedLoad.TimeNs(Hit)}"));
        offset = all.AsSpan().IndexOf(line);
        Assert.True(offset > 0);
        line[4] ^= 1;
        using var file = new FileStream(segment, FileMode.Open, FileAccess.Write);
        file.Seek(offset, SeekOrigin.Begin);
        file.Write(line);
        return line;
    }
}
