using System.Buffers.Binary;
using CityPerception.Storage.Spooling;
using CityPerception.TestKit;

namespace CityPerception.Storage.Tests.Spooling;

/// <summary>Bytes that changed on the disk: each costs its record and no other, and is reported.</summary>
public sealed class SpoolDamageTests : IDisposable
{
    private const int Count = 400;
    private readonly TempFolder _directory = new();

    public void Dispose() => _directory.Dispose();

    public static TheoryData<string, int> Places => new()
    {
        { "length", 0 }, { "length", 1 }, { "length", 3 }, { "magic", 4 }, { "kind", 6 }, { "version", 7 },
        { "checksum", 8 }, { "time", 13 }, { "count", 20 }, { "body", 24 }, { "body", 30 },
    };

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Read_ByteChanged_ReportsThatRecordAndReadsTheOthers(string what, int offset)
    {
        List<SpoolRecord> written = await WriteAsync();
        SpoolRecord hit = written[123];
        Change(hit.Address + offset, b => (byte)(b ^ 0x41));

        List<SpoolRecord> read = await ReadAsync();
        SpoolRecord damaged = Assert.Single(read, r => r.IsDamaged);
        Assert.True(hit.Address == damaged.Address, $"{what}: reported at {damaged.Address} and not at {hit.Address}");
        Assert.Equal(hit.NextAddress, damaged.NextAddress);
        Assert.Equal(written.Where(r => r.Address != hit.Address).Select(r => Spools.NumberOf(r.Lines)), read.Where(r => !r.IsDamaged).Select(r => Spools.NumberOf(r.Lines)));
    }

    [Fact]
    public async Task Read_BodyThatLooksLikeARecord_IsNotTakenForOne()
    {
        byte[] forged = new byte[RecordFormat.HeadBytes + 20];
        RecordFormat.Write(forged, new RecordHead(RecordKind.Lines, 1, 5), "forged f=1i 1\n\0\0\0\0\0\0"u8);
        byte[] body = new byte[4 + forged.Length + 4];
        BinaryPrimitives.WriteInt32LittleEndian(body, forged.Length);
        forged.CopyTo(body, 4);
        long address;
        await using (Spool spool = Spools.Open(_directory.Path))
        {
            await spool.AppendAsync(1, 1);
            Assert.True(spool.TryAppend(body, 1, 1, out address));
            await spool.AppendAsync(2, 1);
        }

        Change(address - 1, b => (byte)(b ^ 1)); // the last byte of the body
        List<SpoolRecord> read = await ReadAsync();
        Assert.Equal([1, 2], read.Where(r => !r.IsDamaged).Select(r => Spools.NumberOf(r.Lines)));
        Assert.Single(read, r => r.IsDamaged);
    }

    [Fact]
    public async Task Read_SectorOverwritten_LosesItsRecordsOnly()
    {
        List<SpoolRecord> written = await WriteAsync();
        long sector = written[200].Address / 512 * 512;
        for (int i = 0; i < 512; i++) Change(sector + i, _ => (byte)(i * 7));

        List<SpoolRecord> read = await ReadAsync();
        List<long> whole = [.. written.Where(r => r.NextAddress <= sector || r.Address >= sector + 512).Select(r => Spools.NumberOf(r.Lines))];
        Assert.Equal(whole, read.Where(r => !r.IsDamaged).Select(r => Spools.NumberOf(r.Lines)));
        Assert.True(whole.Count < Count);
        Assert.Contains(read, r => r.IsDamaged);
    }

    [Fact]
    public async Task Read_SegmentFileLost_IsReportedAndTheRestRead()
    {
        List<SpoolRecord> written = await WriteAsync();
        File.Delete(SegmentFiles.PathOf(_directory.Path, 1));

        List<SpoolRecord> read = await ReadAsync();
        Assert.Equal(
            written.Where(r => r.Address / Spools.SegmentBytes != 1).Select(r => Spools.NumberOf(r.Lines)),
            read.Where(r => !r.IsDamaged).Select(r => Spools.NumberOf(r.Lines)));
        Assert.Contains(read, r => r.IsDamaged);
    }

    [Fact]
    public async Task Open_TornTail_IsCutAndAppendingGoesOn()
    {
        List<SpoolRecord> written = await WriteAsync();
        File.Delete(Path.Combine(_directory.Path, "checkpoint")); // as if never closed in order
        SpoolRecord last = written[^1];
        using (FileStream file = OpenSegment(last.Address)) file.SetLength(last.Address % Spools.SegmentBytes + 30);

        await using Spool spool = Spools.Open(_directory.Path);
        await spool.AppendAsync(9000, 5);
        using SpoolReader reader = spool.OpenReader();
        List<SpoolRecord> read = reader.ReadAll();
        Assert.DoesNotContain(read, r => r.IsDamaged);
        Assert.Equal([.. Spools.Numbers(1, Count - 1), .. Spools.Numbers(9000, 5)], read.Select(r => Spools.NumberOf(r.Lines)));
    }

    [Fact]
    public async Task Open_TailCutAtEveryByteOfTheLastRecord_KeepsTheOthers()
    {
        SpoolRecord last = (await WriteAsync(20))[^1];
        byte[] whole = File.ReadAllBytes(SegmentFiles.PathOf(_directory.Path, 0));
        for (long length = last.Address; length < last.NextAddress; length++)
        {
            File.Delete(Path.Combine(_directory.Path, "checkpoint"));
            File.WriteAllBytes(SegmentFiles.PathOf(_directory.Path, 0), whole[..(int)length]);
            List<SpoolRecord> read = await ReadAsync();
            long[] expected = [.. Spools.Numbers(1, 19)];
            if (read.Count == 20) expected = [.. Spools.Numbers(1, 20)]; // only the padding was cut
            Assert.Equal(expected, read.Select(r => Spools.NumberOf(r.Lines)));
            Assert.True(read.Count == 19 || last.NextAddress - length < RecordFormat.Alignment);
        }
    }

    [Fact]
    public async Task Open_CheckpointTorn_FallsBackToTheOneBefore()
    {
        await WriteAsync();
        using (var file = new FileStream(Path.Combine(_directory.Path, "checkpoint"), FileMode.Open))
        {
            long newest = LogCheckpointSlots.Newest(file);
            file.Seek(newest + 20, SeekOrigin.Begin);
            file.WriteByte(0xEE);
        }

        Assert.Equal(Spools.Numbers(1, Count), (await ReadAsync()).Select(r => Spools.NumberOf(r.Lines)));
    }

    private async Task<List<SpoolRecord>> WriteAsync(int count = Count)
    {
        await using Spool spool = Spools.Open(_directory.Path);
        await spool.AppendAsync(1, count);
        using SpoolReader reader = spool.OpenReader();
        return reader.ReadAll();
    }

    private async Task<List<SpoolRecord>> ReadAsync()
    {
        await using Spool spool = Spools.Open(_directory.Path);
        using SpoolReader reader = spool.OpenReader();
        return reader.ReadAll();
    }

    private void Change(long address, Func<byte, byte> change)
    {
        using FileStream file = OpenSegment(address);
        file.Seek(address % Spools.SegmentBytes, SeekOrigin.Begin);
        byte old = (byte)file.ReadByte();
        file.Seek(-1, SeekOrigin.Current);
        file.WriteByte(change(old));
    }

    private FileStream OpenSegment(long address) =>
        new(SegmentFiles.PathOf(_directory.Path, address / Spools.SegmentBytes), FileMode.Open);

    private static class LogCheckpointSlots
    {
        private const int Distance = 4096, SequenceAt = 8;

        public static long Newest(FileStream file) => Sequence(file, 0) > Sequence(file, Distance) ? 0 : Distance;

        private static long Sequence(FileStream file, long slot)
        {
            byte[] number = new byte[8];
            file.Seek(slot + SequenceAt, SeekOrigin.Begin);
            file.ReadExactly(number);
            return BinaryPrimitives.ReadInt64LittleEndian(number);
        }
    }
}
