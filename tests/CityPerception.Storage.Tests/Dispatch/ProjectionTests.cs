using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using System.Text;
using CityPerception.Core.LineProtocol;
using CityPerception.Storage.Projections;
using CityPerception.TestKit;

namespace CityPerception.Storage.Tests.Dispatch;

/// <summary>What follows from stored lines is told of each of them, and holds the spool until it is durable itself.</summary>
public sealed class ProjectionTests : IAsyncDisposable
{
    private readonly TempFolder _directory = new();
    private readonly DispatchRig _rig;

    public ProjectionTests() => _rig = new DispatchRig(_directory.Path);

    public async ValueTask DisposeAsync()
    {
        await _rig.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task Apply_LinesOfSeveralMeasurements_TellsEachProjectionOfItsOwn()
    {
        var cases = new Recorder("cases", ["case_event"]);
        var all = new Recorder("all", []);
        _rig.Projections.AddRange([cases, all]);
        string[] lines = ["case_event,state=open id=\"1\" 1", "case_events n=1i 1", "air,device=a pm25=1 2", "case_event id=\"2\" 3"];
        await _rig.StartAsync();
        await _rig.AppendAsync(lines, linesPerRecord: 2);
        await _rig.DrainedAsync();

        Assert.Equal([lines[0], lines[3]], cases.Lines.OrderBy(l => Array.IndexOf(lines, l)));
        Assert.Equal(lines.Order(StringComparer.Ordinal), all.Lines.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Apply_LinesThatTheStoreRefuses_LeavesThemOut()
    {
        var all = new Recorder("all", []);
        _rig.Projections.Add(all);
        _rig.Store.Refuses = line => line.Contains("device=bad", StringComparison.Ordinal);
        await _rig.StartAsync();
        await _rig.AppendAsync([DispatchRig.Line("good", 1), DispatchRig.Line("bad", 2), DispatchRig.Line("good", 3)], linesPerRecord: 3);
        await _rig.DrainedAsync();
        Assert.Equal([DispatchRig.Line("good", 1), DispatchRig.Line("good", 3)], all.Lines);
    }

    [Fact]
    public async Task Apply_DatabaseAway_KeepsLinesInTheSpoolUntilItIsBack()
    {
        var cases = new Recorder("cases", ["test"]) { Failure = new IOException("no route to host") };
        _rig.Projections.Add(cases);
        await _rig.StartAsync();
        await _rig.AppendAsync([DispatchRig.Line("d", 1)]);
        await DispatchRig.UntilAsync(() => cases.Calls >= 3);
        Assert.NotEqual(0, _rig.Spool.Bytes);

        await _rig.RestartAsync();
        cases.Failure = null;
        await _rig.StartAsync();
        await _rig.DrainedAsync();
        Assert.Equal([DispatchRig.Line("d", 1)], cases.Lines);
    }

    [Fact]
    public async Task Apply_ProjectionWithADefect_GoesOnAndCountsIt()
    {
        long failures = 0;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Name == "cityperception.projections.failures" && ReferenceEquals(instrument.Meter.Scope, _rig.MeterScope)) l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Add(ref failures, value));
        listener.Start();
        var broken = new Recorder("cases", ["test"]) { Failure = new InvalidOperationException("a bug") };
        _rig.Projections.Add(broken);
        await _rig.StartAsync();
        await _rig.AppendAsync([DispatchRig.Line("d", 1)]);
        await _rig.DrainedAsync();
        Assert.Equal([DispatchRig.Line("d", 1)], _rig.Store.Lines);
        Assert.Equal(1, failures);
    }

    private sealed class Recorder(string name, ImmutableArray<string> measurements) : IProjection
    {
        public string Name => name;

        public ImmutableArray<string> Measurements => measurements;

        public List<string> Lines { get; } = [];

        public int Calls { get; private set; }

        public Exception? Failure { get; set; }

        public ValueTask ApplyAsync(LineBatch lines, CancellationToken cancellationToken)
        {
            Calls++;
            if (Failure is { } failure) throw failure;
            Lines.AddRange(Encoding.UTF8.GetString(lines.Text.Span).Split('\n', StringSplitOptions.RemoveEmptyEntries));
            return default;
        }
    }
}
