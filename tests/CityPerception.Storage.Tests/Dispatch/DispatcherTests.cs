using System.Diagnostics.Metrics;
using System.Text;
using CityPerception.Core.Observations;
using CityPerception.Core.Queries;
using CityPerception.Storage.DeadLetters;
using CityPerception.TestKit;

namespace CityPerception.Storage.Tests.Dispatch;

public sealed class DispatcherTests : IAsyncDisposable
{
    private readonly TempFolder _directory = new();
    private readonly DispatchRig _rig;

    public DispatcherTests() => _rig = new DispatchRig(_directory.Path);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _rig.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task Run_ManySeries_StoresEveryLineOnceAndEachSeriesInOrder()
    {
        _rig.Options.BatchLines = 100;
        string[] lines = [.. Enumerable.Range(1, 5000).Select(n => DispatchRig.Line($"d{n % 37}", n))];
        await _rig.StartAsync();
        await _rig.AppendAsync(lines, linesPerRecord: 7);
        await _rig.DrainedAsync();

        Assert.Equal(lines.Order(), _rig.Store.Lines.Order());
        foreach (IGrouping<string, string> series in lines.GroupBy(l => l[..l.IndexOf(' ', StringComparison.Ordinal)]))
            Assert.Equal(series, _rig.Store.Lines.Where(l => l.StartsWith(series.Key + " ", StringComparison.Ordinal)));
        Assert.All(_rig.Store.BatchSizes, size => Assert.InRange(size, 1, 100));
    }

    [Fact]
    public async Task Run_LinesAppendedBeforeItStarts_CountsNoneAsWaitingInTheEnd()
    {
        await _rig.AppendAsync(Enumerable.Range(1, 20).Select(n => DispatchRig.Line("d", n)));
        await _rig.StartAsync();
        await _rig.DrainedAsync();
        Assert.Equal(0, _rig.Lines.LinesWaiting);
    }

    [Fact]
    public async Task Run_SlowStore_WritesAsManyBatchesAtOnceAsThereAreLanes()
    {
        _rig.Options.Lanes = 3;
        _rig.Options.BatchLines = 10;
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        int waiting = 0;
        _rig.Store.Before = async (_, _, token) =>
        {
            if (Interlocked.Increment(ref waiting) == 3) all.SetResult();
            await all.Task.WaitAsync(token);
        };
        await _rig.AppendAsync(Enumerable.Range(1, 600).Select(n => DispatchRig.Line($"d{n % 50}", n)));
        await _rig.StartAsync();
        await _rig.DrainedAsync();
        Assert.Equal(3, _rig.Store.MostAtOnce);
        Assert.Equal(600, _rig.Store.Lines.Count);
    }

    [Fact]
    public async Task Run_StoreUnavailable_RepeatsUntilItTakesThem()
    {
        _rig.Options.BatchLines = 50;
        _rig.Store.Before = (attempt, _, _) => attempt % 5 == 0 ? Task.CompletedTask : throw (attempt % 2 == 0
            ? new StoreUnavailableException("memory", "connection refused")
            : new InvalidOperationException("a bug of the adapter"));
        string[] lines = [.. Enumerable.Range(1, 400).Select(n => DispatchRig.Line($"d{n % 7}", n))];
        await _rig.AppendAsync(lines);
        await _rig.StartAsync();
        await _rig.DrainedAsync();
        Assert.Equal(lines.Order(), _rig.Store.Lines.Order());
    }

    [Fact]
    public async Task Run_StoreFailsAllTheTime_IsLeftAloneAndThenTriedAgain()
    {
        bool down = true;
        _rig.Store.Before = (_, _, _) => Volatile.Read(ref down) ? throw new StoreUnavailableException("memory", "down") : Task.CompletedTask;
        long leftAlone = 0;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Name == "cityperception.dispatch.retries" && ReferenceEquals(instrument.Meter.Scope, _rig.MeterScope)) l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) =>
        {
            if (tags.ToArray().Any(t => t.Value is "left_alone")) Interlocked.Add(ref leftAlone, value);
        });
        listener.Start();
        await _rig.AppendAsync(Enumerable.Range(1, 10).Select(n => DispatchRig.Line("d", n)));
        await _rig.StartAsync();
        await DispatchRig.UntilAsync(() => Volatile.Read(ref leftAlone) > 0);
        Assert.True(_rig.Spool.Bytes > 0);

        Volatile.Write(ref down, false);
        await _rig.DrainedAsync();
        Assert.Equal(10, _rig.Store.Lines.Count);
    }

    [Fact]
    public async Task Run_AttemptHangs_IsGivenUpAndRepeated()
    {
        _rig.Options.WriteTimeout = TimeSpan.FromSeconds(1);
        _rig.Store.Before = (attempt, _, token) => attempt == 1 ? Task.Delay(Timeout.Infinite, token) : Task.CompletedTask;
        await _rig.AppendAsync([DispatchRig.Line("d", 1)]);
        await _rig.StartAsync();
        await _rig.DrainedAsync();
        Assert.Equal([DispatchRig.Line("d", 1)], _rig.Store.Lines);
        Assert.Equal(2, _rig.Store.Attempts);
    }

    [Fact]
    public async Task Run_RefusedLines_BecomeDeadLettersAndTheRestIsStored()
    {
        _rig.Options.BatchLines = 40;
        _rig.Store.Refuses = line => line.Contains("bad", StringComparison.Ordinal);
        string[] lines = [.. Enumerable.Range(1, 200).Select(n => DispatchRig.Line(n % 20 == 0 ? "bad" : $"d{n % 7}", n))];
        await _rig.AppendAsync(lines, 3);
        await _rig.StartAsync();
        await _rig.DrainedAsync();

        Assert.Equal(190, _rig.Store.Lines.Count);
        DeadLetterPage page = await _rig.Letters.ReadAsync(new DeadLetterFilter(), Ct);
        Assert.Equal(
            lines.Where(l => l.Contains("bad", StringComparison.Ordinal)).Order(),
            page.Letters.Select(l => Encoding.UTF8.GetString(l.Payload.Span).TrimEnd('\n')).Order());
        Assert.All(page.Letters, l => Assert.Equal((DeadLetterKind.Line, RejectionReason.RefusedByStore, "field type conflict"), (l.Kind, l.Reason, l.Rejections[0].Detail)));
    }

    [Fact]
    public async Task Run_DeadLettersCannotBeWritten_KeepsTheLinesInTheSpoolUntilTheyCan()
    {
        _rig.Store.Refuses = _ => true;
        _rig.LetterDisk.FailFlushes = true;
        await _rig.AppendAsync([DispatchRig.Line("d", 1)]);
        long begin = _rig.Spool.BeginAddress;
        await _rig.StartAsync();
        await DispatchRig.UntilAsync(() => _rig.Store.Attempts > 0);
        Assert.Equal(begin, _rig.Spool.BeginAddress);

        _rig.LetterDisk.FailFlushes = false;
        await _rig.DrainedAsync();
        Assert.NotEmpty((await _rig.Letters.ReadAsync(new DeadLetterFilter(), Ct)).Letters);
    }

    [Fact]
    public async Task Run_DamagedRecord_BecomesADeadLetterAndTheRestIsStored()
    {
        await _rig.AppendAsync(Enumerable.Range(1, 300).Select(n => DispatchRig.Line($"d{n % 5}", n)));
        await _rig.Spool.DisposeAsync();
        string segment = Directory.GetFiles(Path.Combine(_directory.Path, "spool"), "*.seg").Order().First();
        byte[] bytes = await File.ReadAllBytesAsync(segment, Ct);
        int hit = bytes.AsSpan().IndexOf("n=50i 50"u8);
        bytes[hit] ^= 1;
        await File.WriteAllBytesAsync(segment, bytes, Ct);

        await _rig.RestartAsync();
        await _rig.StartAsync();
        await _rig.DrainedAsync();
        Assert.Equal(299, _rig.Store.Lines.Count);
        DeadLetter letter = Assert.Single((await _rig.Letters.ReadAsync(new DeadLetterFilter(), Ct)).Letters);
        Assert.Equal((DeadLetterKind.SpoolRecord, RejectionReason.SpoolRecordDamaged), (letter.Kind, letter.Reason));
        Assert.Contains("i 50\n", Encoding.UTF8.GetString(letter.Payload.Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_OneLaneStuck_NeverPassesItsLines()
    {
        _rig.Options.BatchLines = 1;
        var stuck = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _rig.Store.Before = (_, text, token) => text.Contains("first", StringComparison.Ordinal) ? stuck.Task.WaitAsync(token) : Task.CompletedTask;
        string[] lines = [DispatchRig.Line("first", 0), .. Enumerable.Range(1, 40).Select(n => DispatchRig.Line($"d{n}", n))];
        await _rig.AppendAsync(lines);
        long begin = _rig.Spool.BeginAddress;
        await _rig.StartAsync();
        await DispatchRig.UntilAsync(() => _rig.Store.Lines.Count >= 3);
        Assert.Equal(begin, _rig.Spool.BeginAddress);

        stuck.SetResult();
        await _rig.DrainedAsync();
        Assert.Equal(lines.Order(), _rig.Store.Lines.Order());
    }

    [Fact]
    public async Task Stop_WhileStoreIsDown_LosesNothingAndResumes()
    {
        _rig.Options.BatchLines = 20;
        _rig.Store.Before = (attempt, _, _) => attempt <= 4 ? Task.CompletedTask : throw new StoreUnavailableException("memory", "down", retryAfter: TimeSpan.FromHours(1));
        string[] lines = [.. Enumerable.Range(1, 500).Select(n => DispatchRig.Line($"d{n % 11}", n))];
        await _rig.AppendAsync(lines);
        await _rig.StartAsync();
        await DispatchRig.UntilAsync(() => _rig.Store.Attempts >= 5); // one lane that waits may hold the reader, and with it the other
        await _rig.RestartAsync(); // does not wait for the hour

        _rig.Store.Before = (_, _, _) => Task.CompletedTask;
        await _rig.StartAsync();
        await _rig.DrainedAsync();
        Assert.Equal(lines.Order(), _rig.Store.Lines.Distinct().Order());
        Assert.InRange(_rig.Store.Lines.Count, 500, 500 + 4 * 20); // what was under way may come twice
    }

    [Fact]
    public async Task Stop_BatchUnderWay_IsFinished()
    {
        var slow = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _rig.Store.Before = (_, _, token) => slow.Task.WaitAsync(token);
        await _rig.AppendAsync([DispatchRig.Line("d", 1)]);
        await _rig.StartAsync();
        await DispatchRig.UntilAsync(() => _rig.Store.Attempts == 1);
        Task stopping = _rig.StopAsync();
        Assert.False(stopping.IsCompleted);
        slow.SetResult();
        await stopping;
        Assert.Single(_rig.Store.Lines);
        Assert.Equal(0, _rig.Spool.Bytes);
    }

    [Fact]
    public async Task Stop_BatchUnderWayTakesTooLong_IsAbortedAndKept()
    {
        _rig.Store.Before = (_, _, token) => Task.Delay(Timeout.Infinite, token);
        await _rig.AppendAsync([DispatchRig.Line("d", 1)]);
        await _rig.StartAsync();
        await DispatchRig.UntilAsync(() => _rig.Store.Attempts == 1);
        await _rig.StopAsync(limit: TimeSpan.FromMilliseconds(50));
        Assert.True(_rig.Spool.Bytes > 0);
    }

    [Fact]
    public async Task Run_LineThatWaitsAlone_GoesAtOnce()
    {
        _rig.Options.BatchAge = TimeSpan.FromHours(1);
        await _rig.StartAsync();
        await _rig.AppendAsync([DispatchRig.Line("d", 1)]);
        await _rig.DrainedAsync();
        Assert.Single(_rig.Store.Lines);
    }

    [Fact]
    public async Task Run_EverythingCounted()
    {
        Dictionary<string, long> sums = [];
        using var listener = new MeterListener();
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) =>
        {
            lock (sums) sums[instrument.Name] = sums.GetValueOrDefault(instrument.Name) + value;
        });
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Name == StorageMetrics.MeterName && ReferenceEquals(instrument.Meter.Scope, _rig.MeterScope)) l.EnableMeasurementEvents(instrument);
        };
        listener.Start();
        _rig.Store.Refuses = line => line.Contains("n=3i", StringComparison.Ordinal);
        await _rig.AppendAsync(Enumerable.Range(1, 10).Select(n => DispatchRig.Line("d", n)), 10);
        await _rig.StartAsync();
        await _rig.DrainedAsync();
        await _rig.StopAsync();
        lock (sums)
        {
            Assert.Equal((9, 1, 1), (sums["cityperception.dispatch.lines.written"], sums["cityperception.dispatch.lines.refused"], sums["cityperception.deadletters.written"]));
        }
    }
}
