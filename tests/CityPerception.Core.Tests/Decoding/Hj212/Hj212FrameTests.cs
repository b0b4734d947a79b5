using System.Text;
using CityPerception.Core.Decoding.Hj212;
using CityPerception.Core.Tests.Configuration;

namespace CityPerception.Core.Tests.Decoding.Hj212;

public sealed class Hj212FrameTests
{
    private const int MaxBytes = 65_536;

    private const string
        Air = "QN=20261124093000123;ST=22;CN=2011;PW=123456;MN=140403000A00000000000001;Flag=5;CP=&&DataTime=20261124093000;a34004-Rtd=41,a34004-Flag=N;a34002-Rtd=78,a34002-Flag=N;a21026-Rtd=11,a21026-Flag=N;a21004-Rtd=36,a21004-Flag=N;a21005-Rtd=0.8,a21005-Flag=N;a05024-Rtd=52,a05024-Flag=N&&",
        Answer = "QN=20261124093000123;ST=91;CN=9014;PW=123456;MN=140403000A00000000000001;Flag=4;CP=&&&&",
        Noise = "QN=20261124100000001;ST=23;CN=2061;PW=123456;MN=140403000A00000000000002;Flag=5;CP=&&DataTime=20261124090000;L10-Data=61.2;L50-Data=55.4;L90-Data=49.8;Leq-Data=57.9;LMx-Data=82.1;LMn-Data=44.0&&",
        Split = "QN=20261124100000002;ST=32;CN=2061;PW=123456;MN=140403000A00000000000003;Flag=7;PNUM=2;PNO=1;CP=&&DataTime=20261124090000;w00000-Cou=63.0,w00000-Min=16.4,w00000-Avg=17.5,w00000-Max=20.1,w00000-Flag=N&&";

    // Every kind of frame and of what is between frames, in one stream.
    private static readonly byte[] Stream = Encoding.Latin1.GetBytes(
        $"##0279{Air}0780\r\n\r\nnoise on the line##0087{Answer}a881##0194{Noise}FFFF\r\n##00A7{Answer}A881\r\n##0900{Split}4540\r\n##\r\n##0201{Split}4540\r\n");

    private static readonly string[] Frames =
    [
        "Complete None 279", "Garbage Frame 0", "Complete None 87", "Faulty Crc 194", "Faulty Length 87", "Faulty Length 201", "Garbage Frame 0", "Complete None 201",
    ];

    [Theory]
    [InlineData(Air, 0x0780)]
    [InlineData(Answer, 0xA881)]
    [InlineData(Noise, 0x1380)]
    [InlineData(Split, 0x4540)]
    public void Compute_DataOfAFrame_IsTheCrcThatAnnexAGives(string data, int crc) => Assert.Equal(crc, Hj212Crc.Compute(Encoding.ASCII.GetBytes(data)));

    [Fact]
    public void Write_Answer_IsTheFrameWithLengthAndCrc()
    {
        byte[] room = new byte[Answer.Length + 12];
        Assert.Equal(room.Length, Hj212Frame.Write(Encoding.ASCII.GetBytes(Answer), room));
        Assert.Equal($"##0087{Answer}A881\r\n", Encoding.ASCII.GetString(room));
    }

    [Fact]
    public void Read_StreamCutInTwoAtEveryByte_GivesTheSameFrames()
    {
        for (int cut = 0; cut <= Stream.Length; cut++)
        {
            List<string> frames = [];
            int first = ReadAll(Stream.AsSpan(0, cut), frames);
            int second = ReadAll(Stream.AsSpan(first), frames);
            Assert.True(Frames.SequenceEqual(frames), $"cut at {cut}: {string.Join(", ", frames)}");
            Assert.Equal(Stream.Length, first + second + 2); // its last line end is a blank before whatever comes next
        }
    }

    [Theory]
    [InlineData("realtime")]
    [InlineData("minute")]
    [InlineData("hour")]
    [InlineData("day")]
    [InlineData("equipment")]
    [InlineData("status")]
    public void Read_SampleCutInTwoAtEveryByte_GivesTheSameFrames(string sample)
    {
        byte[] stream = File.ReadAllBytes(Path.Combine(ShippedFiles.Folder, "samples", $"hj212-{sample}.txt"));
        List<string> whole = [];
        ReadAll(stream, whole);
        Assert.All(whole, frame => Assert.StartsWith("Complete ", frame, StringComparison.Ordinal));
        for (int cut = 0; cut <= stream.Length; cut++)
        {
            List<string> frames = [];
            int first = ReadAll(stream.AsSpan(0, cut), frames);
            ReadAll(stream.AsSpan(first), frames);
            Assert.True(whole.SequenceEqual(frames), $"cut at {cut}: {string.Join(", ", frames)}");
        }
    }

    [Fact]
    public void Read_OneByteMoreAtATime_GivesTheSameFrames()
    {
        List<string> frames = [];
        int consumed = 0;
        for (int end = 1; end <= Stream.Length; end++) consumed += ReadAll(Stream.AsSpan(consumed, end - consumed), frames);
        Assert.Equal(Frames, frames);
    }

    [Fact]
    public void Read_EveryPrefixOfAFrame_ConsumesNothing()
    {
        byte[] frame = Encoding.ASCII.GetBytes($"##0279{Air}0780");
        for (int end = 0; end < frame.Length; end++)
            Assert.Equal(Hj212FrameStatus.NeedMore, Hj212Frame.Read(frame.AsSpan(0, end), MaxBytes, out _));
        Assert.Equal(Hj212FrameStatus.Complete, Hj212Frame.Read(frame, MaxBytes, out Hj212Frame whole));
        Assert.Equal(Air, Encoding.ASCII.GetString(whole.Data));
    }

    [Fact]
    public void Read_LengthInCharactersOfChineseText_IsALengthFault()
    {
        byte[] data = Encoding.UTF8.GetBytes("QN=1;ST=22;CN=3020;MN=1;Flag=8;CP=&&i11001-Info=长治&&");
        byte[] frame = new byte[data.Length + 12];
        Hj212Frame.Write(data, frame);
        Assert.Equal(Hj212FrameStatus.Complete, Hj212Frame.Read(frame, MaxBytes, out _));

        frame[4]--; // as if each ideograph were less than its three bytes
        Assert.Equal(Hj212FrameStatus.Faulty, Hj212Frame.Read(frame, MaxBytes, out Hj212Frame faulty));
        Assert.Equal(Hj212Fault.Length, faulty.Fault);
    }

    [Fact]
    public void Read_MoreThanTheLimitWithoutAnEnd_IsGivenUp()
    {
        byte[] endless = [.. "##9999"u8, .. new byte[2000]];
        Assert.Equal(Hj212FrameStatus.NeedMore, Hj212Frame.Read(endless.AsSpan(0, 1023), 1024, out _));
        Assert.Equal(Hj212FrameStatus.Garbage, Hj212Frame.Read(endless, 1024, out Hj212Frame garbage));
        Assert.Equal(1024, garbage.Consumed);
    }

    private static int ReadAll(ReadOnlySpan<byte> input, List<string> frames)
    {
        int consumed = 0;
        while (Hj212Frame.Read(input[consumed..], MaxBytes, out Hj212Frame frame) is not Hj212FrameStatus.NeedMore and var status)
        {
            frames.Add($"{status} {frame.Fault} {frame.Data.Length}");
            consumed += frame.Consumed;
        }

        return consumed;
    }
}
