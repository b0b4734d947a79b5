using CityPerception.Observability;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace CityPerception.Tests.Observability;

public sealed class LineFormatterTests
{
    [Fact]
    public void Write_TextFromOutside_CannotForgeALine()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 8, 0, 0, 123, TimeSpan.Zero));
        using var output = new StringWriter();
        var entry = new LogEntry<string>(LogLevel.Warning, "CityPerception.Sources.Broker", new EventId(3004), "client 'a\n08:00:00.000Z INFO \u001b[2J'", null, (state, _) => state);

        new LineFormatter(clock).Write(in entry, null, output);

        Assert.Equal("08:00:00.123Z WARN  Broker[3004] client 'a\\n08:00:00.000Z INFO \\x1b[2J'\n", output.ToString().ReplaceLineEndings("\n"));
    }
}
