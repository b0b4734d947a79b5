using System.Text;
using CityPerception.Configuration;
using CityPerception.Core.Observations;
using CityPerception.DeadLetters;
using CityPerception.Observability;
using CityPerception.Sources.Hj212;
using CityPerception.Storage.DeadLetters;
using CityPerception.TestKit;

namespace CityPerception.Tests.DeadLetters;

public sealed class LetterMapperTests
{
    [Fact]
    public async Task Map_FrameThatNoSourceTookThen_GoesToTheSourceThatTakesItNow()
    {
        string folder = RepositoryFolder.Find("ingest-configs");
        string frame = File.ReadLines(Path.Combine(folder, "samples/hj212-realtime.txt")).First();
        DeadLetter letter = DeadLetter.Create(
            DeadLetterKind.Message, IngestMetrics.NoSource, Hj212Ingest.Transport, "22/2011/140403000A00000000000001", new DateTimeOffset(2026, 11, 24, 4, 0, 0, TimeSpan.Zero),
            [new Rejection(RejectionReason.SourceUnknown, 0, "22/2011/140403000A00000000000001", "no source takes frames of this ST/CN/MN")], Encoding.UTF8.GetBytes(frame));
        var outcome = new LetterOutcome();

        await new LetterMapper(ConfigDirectory.Load(folder).Plan!, new Hj212Keys(null, TimeProvider.System, _ => { })).MapAsync(letter, outcome, TestContext.Current.CancellationToken);

        Assert.Equal(0, outcome.RejectedCount);
        Assert.Contains("source=hj212-realtime ", Encoding.UTF8.GetString(outcome.Lines.Written), StringComparison.Ordinal);
    }
}
