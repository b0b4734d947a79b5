using System.Collections;
using System.Globalization;
using System.Text.Json;

namespace CityPerception.Simulation.Load;

/// <summary>A ledger that was read: the promises that a run was given.</summary>
internal sealed class LedgerBook
{
    private readonly LedgerAccount[] _accounts;

    private LedgerBook(LedgerHeader header)
    {
        Header = header;
        _accounts = [.. Enumerable.Range(0, header.Numbering.Connections).Select(_ => new LedgerAccount())];
    }

    public LedgerHeader Header { get; }

    /// <summary>By connection.</summary>
    public IReadOnlyList<LedgerAccount> Accounts => _accounts;

    /// <summary>Reads a ledger, of a client that has ended or one that was killed.</summary>
    /// <exception cref="InvalidDataException">It is no ledger, or a line of it is none of a ledger's; the message says which.</exception>
    public static LedgerBook Read(string path)
    {
        using IEnumerator<string> lines = WholeLines(path).GetEnumerator();
        if (!lines.MoveNext() || ReadHeader(lines.Current) is not { Version: LedgerHeader.CurrentVersion, Numbering: { Devices: > 0, Connections: > 0 }, Targets.Count: > 0 } header)
            throw new InvalidDataException($"{path} is no ledger of 'simulate load': its first line is not a ledger's.");
        var book = new LedgerBook(header);
        for (int line = 2; lines.MoveNext(); line++)
            if (!book.TryAdd(lines.Current)) throw new InvalidDataException($"{path}:{line}: '{lines.Current}' is no line of a ledger.");
        return book;
    }

    private bool TryAdd(string line)
    {
        string[] words = line.Split(' ');
        var numbers = new long[words.Length - 1];
        for (int i = 0; i < numbers.Length; i++)
            if (!long.TryParse(words[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[i])) return false;
        if (numbers.Length < 2 || numbers[0] >= _accounts.Length) return false;
        LedgerAccount account = _accounts[numbers[0]];
        switch (words[0], numbers.Length)
        {
            case ("s" or "e", 2): account.Sent = numbers[1]; return true;
            case ("a", 3): Set(account.Acknowledged, numbers[1], numbers[2]); return true;
            case ("r", 3): Set(account.Rejected, numbers[1], numbers[2]); return true;
            case ("t", 3):
                for (long number = numbers[1]; number < numbers[1] + numbers[2]; number++) account.Again[number] = account.Again.GetValueOrDefault(number) + 1;
                return true;
            default: return false;
        }
    }

    private static void Set(BitArray bits, long first, long count)
    {
        if (bits.Length < first + count) bits.Length = (int)Math.Max(first + count, bits.Length * 2L);
        for (long number = first; number < first + count; number++) bits[(int)number] = true;
    }

    private static LedgerHeader? ReadHeader(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, LedgerJson.Default.LedgerHeader);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // A client that was killed may have left half a line.
    private static IEnumerable<string> WholeLines(string path)
    {
        using var file = new StreamReader(path);
        string text = "";
        char[] part = new char[64 << 10];
        for (int read; (read = file.Read(part)) > 0;)
        {
            string[] lines = (text + new string(part, 0, read)).Split('\n');
            foreach (string line in lines.SkipLast(1)) yield return line.TrimEnd('\r');
            text = lines[^1];
        }
    }
}

/// <summary>What a connection's page says, by message number.</summary>
internal sealed class LedgerAccount
{
    /// <summary>Messages below this may have been sent, and no others.</summary>
    public long Sent { get; set; }

    public BitArray Acknowledged { get; } = new(0);

    /// <summary>Refused and kept as dead letters, says the server.</summary>
    public BitArray Rejected { get; } = new(0);

    /// <summary>How often a message was sent again.</summary>
    public Dictionary<long, int> Again { get; } = [];
}
