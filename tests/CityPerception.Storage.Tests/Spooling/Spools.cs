using System.Globalization;
using System.Text;
using CityPerception.Storage.Spooling;
using Microsoft.Extensions.Logging.Abstractions;

namespace CityPerception.Storage.Tests.Spooling;

/// <summary>Spools small enough that a test crosses pages and segments, and what tests do with them.</summary>
internal static class Spools
{
    public const int PageBytes = 4096;
    public const int SegmentBytes = 4 * PageBytes;

    public static DurableLogSettings Small(string directory) => new()
    {
        Directory = directory,
        PageBytes = PageBytes,
        SegmentBytes = SegmentBytes,
        MemoryBytes = 16 * PageBytes,
        MaxBytes = 1 << 30,
    };

    public static Spool Open(string directory) => Open(Small(directory));

    public static Spool Open(DurableLogSettings settings, TimeProvider? clock = null) =>
        new(settings, clock ?? TimeProvider.System, NullLogger<Spool>.Instance);

    public static byte[] Line(long number) =>
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"test,pad={new string('x', (int)(number % 97))} n={number}i {number}\n"));

    public static long NumberOf(ReadOnlyMemory<byte> line)
    {
        string text = Encoding.UTF8.GetString(line.Span);
        return long.Parse(text.AsSpan(text.LastIndexOf(' ') + 1).TrimEnd('\n'), CultureInfo.InvariantCulture);
    }

    /// <summary>Appends numbered lines, one a record, and waits until all are durable.</summary>
    public static async Task AppendAsync(this Spool spool, long first, int count)
    {
        long last = 0;
        for (long number = first; number < first + count; number++)
        {
            byte[] line = Line(number);
            while (!spool.TryAppend(line, 1, number, out last)) await spool.WaitForRoomAsync(TestContext.Current.CancellationToken);
        }

        await spool.WaitDurableAsync(last, TestContext.Current.CancellationToken);
    }

    /// <summary>The numbers of all lines from the reader's place on.</summary>
    public static List<long> ReadNumbers(this SpoolReader reader) =>
        [.. reader.ReadAll().Where(r => !r.IsDamaged).Select(r => NumberOf(r.Lines))];

    /// <summary>All records from the reader's place on, each with a copy of its lines.</summary>
    public static List<SpoolRecord> ReadAll(this SpoolReader reader)
    {
        List<SpoolRecord> records = [];
        while (reader.TryRead(out SpoolRecord record)) records.Add(record with { Lines = record.Lines.ToArray() });
        return records;
    }

    public static IEnumerable<long> Numbers(long first, int count) => Enumerable.Range(0, count).Select(i => first + i);
}
