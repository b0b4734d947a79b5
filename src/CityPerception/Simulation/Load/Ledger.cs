using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace CityPerception.Simulation.Load;

/// <summary>The first line of a ledger: what is needed to tell which message a stored point came from.</summary>
/// <param name="Targets">Of connection c: the one at c mod their number.</param>
internal sealed record LedgerHeader(int Version, LoadNumbering Numbering, int BadEvery, IReadOnlyList<LoadTargetKind> Targets)
{
    public const int CurrentVersion = 1;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(LedgerHeader))]
internal sealed partial class LedgerJson : JsonSerializerContext;

/// <summary>
/// What a load client sent and what was acknowledged to it, in a file that is only appended to. After a header of JSON each
/// line is an event of a connection: <c>s c n</c>, numbers below n may have been sent, written before they are;
/// <c>e c n</c>, they were, and no more; <c>a c first count</c>, acknowledged; <c>r c first count</c>, refused and kept as
/// dead letters; <c>t c first count</c>, sent again.
/// </summary>
/// <remarks>
/// Acknowledgements reach the operating system within <see cref="FlushEvery"/>, so that a client that is killed forgets a
/// few and claims none that it did not have. It is not made to outlive the machine.
/// </remarks>
internal sealed class Ledger : IAsyncDisposable
{
    private static readonly TimeSpan FlushEvery = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private readonly StreamWriter _file;
    private readonly LedgerPage[] _pages;
    private readonly ITimer _timer;
    private IOException? _failure;

    private Ledger(StreamWriter file, LedgerHeader header, TimeProvider clock)
    {
        _file = file;
        _file.WriteLine(JsonSerializer.Serialize(header, LedgerJson.Default.LedgerHeader));
        _file.Flush();
        _pages = [.. Enumerable.Range(0, header.Numbering.Connections).Select(c => new LedgerPage(this, c))];
        _timer = clock.CreateTimer(_ => Flush(), null, FlushEvery, FlushEvery);
    }

    /// <exception cref="IOException">The file is there already, or cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be made.</exception>
    public static Ledger Create(string path, LedgerHeader header, TimeProvider clock) =>
        new(new StreamWriter(new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read)), header, clock);

    public LedgerPage Page(int connection) => _pages[connection];

    /// <summary>Writes a line; with <paramref name="now"/> it has left this process when this returns.</summary>
    /// <exception cref="IOException">It could not be written.</exception>
    public void Write(char kind, int connection, long number, long? count, bool now = false)
    {
        lock (_lock)
        {
            if (_failure is not null) throw _failure;
            _file.WriteLine(count is null ? string.Create(CultureInfo.InvariantCulture, $"{kind} {connection} {number}") : string.Create(CultureInfo.InvariantCulture, $"{kind} {connection} {number} {count}"));
            if (now) _file.Flush();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync();
        foreach (LedgerPage page in _pages) page.End();
        await _file.DisposeAsync();
    }

    private void Flush()
    {
        try
        {
            foreach (LedgerPage page in _pages) page.Settle();
            lock (_lock) _file.Flush();
        }
        catch (IOException e)
        {
            _failure = e; // a timer has nobody to tell: the next message that is sent will hear of it
        }
    }
}

/// <summary>A connection's part of the ledger. Neighbouring numbers become one line.</summary>
internal sealed class LedgerPage(Ledger ledger, int connection)
{
    /// <summary>Numbers announced at a time, so that not every message waits for the file.</summary>
    private const int Announced = 4096;

    private readonly Lock _lock = new();
    private Range _acknowledged, _rejected, _again;
    private long _sent, _announced;

    /// <summary>Before a message leaves, or all up to it.</summary>
    /// <exception cref="IOException">It cannot be written down: do not send.</exception>
    public void Sending(long number)
    {
        lock (_lock)
        {
            _sent = number + 1;
            if (number < _announced) return;
            _announced = number + Announced;
            ledger.Write('s', connection, _announced, null, now: true);
        }
    }

    public void Acknowledged(long first, long count = 1) => Add('a', ref _acknowledged, first, count);

    public void Rejected(long number) => Add('r', ref _rejected, number, 1);

    public void Again(long first, long count = 1) => Add('t', ref _again, first, count);

    /// <summary>Writes what is gathered.</summary>
    public void Settle()
    {
        lock (_lock)
        {
            Settle('a', ref _acknowledged);
            Settle('r', ref _rejected);
            Settle('t', ref _again);
        }
    }

    /// <summary>Nothing more will be sent.</summary>
    public void End()
    {
        Settle();
        ledger.Write('e', connection, _sent, null);
    }

    private void Add(char kind, ref Range range, long first, long count)
    {
        lock (_lock)
        {
            if (range.Count > 0 && first == range.First + range.Count)
            {
                range.Count += count;
                return;
            }

            Settle(kind, ref range);
            (range.First, range.Count) = (first, count);
        }
    }

    private void Settle(char kind, ref Range range)
    {
        if (range.Count > 0) ledger.Write(kind, connection, range.First, range.Count);
        range.Count = 0;
    }

    private struct Range
    {
        public long First, Count;
    }
}
