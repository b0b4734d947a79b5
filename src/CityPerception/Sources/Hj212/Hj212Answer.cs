using System.Buffers;
using System.Globalization;
using System.Text.Unicode;
using CityPerception.Core.Decoding.Hj212;

namespace CityPerception.Sources.Hj212;

/// <summary>Writes what a device is answered, in the version that it speaks.</summary>
internal static class Hj212Answer
{
    /// <summary>What an answer repeats of a frame, and what its sources are found by, is at most so long: the standard's own has 60.</summary>
    public const int MaxEchoBytes = 512;

    private const int MaxBytes = MaxEchoBytes + 160;

    /// <summary>Whether there is an answer to the frame.</summary>
    public static bool Fits(in Hj212Head head) => head.Qn.Length + head.St.Length + head.Cn.Length + head.Pw.Length + head.Mn.Length <= MaxEchoBytes;

    /// <summary>"The data is here" (9014) or, for what is no data, "I have heard it" (9013).</summary>
    public static void Write(IBufferWriter<byte> output, in Hj212Head head)
    {
        Span<byte> data = stackalloc byte[MaxBytes];
        Utf8.TryWrite(data, CultureInfo.InvariantCulture, $"QN={head.Qn};ST=91;CN={(IsNotice(head.Cn) ? 9013 : 9014)};PW={head.Pw};MN={head.Mn};Flag={Flag(head)};CP=&&&&", out int length);
        WriteFrame(output, data[..length]);
    }

    /// <summary>Sets the device's clock (1012).</summary>
    /// <param name="output">Where to.</param>
    /// <param name="head">Of the frame that asked for it.</param>
    /// <param name="local">The time, in the city's zone: frames do not name theirs.</param>
    public static void WriteTime(IBufferWriter<byte> output, in Hj212Head head, DateTimeOffset local)
    {
        Span<byte> data = stackalloc byte[MaxBytes];
        Utf8.TryWrite(data, CultureInfo.InvariantCulture,
            $"QN={local:yyyyMMddHHmmssfff};ST={head.St};CN=1012;PW={head.Pw};MN={head.Mn};Flag={Flag(head)};CP=&&SystemTime={local:yyyyMMddHHmmss}&&", out int length);
        WriteFrame(output, data[..length]);
    }

    // Time, keys and serial numbers (1…), and the heartbeat: HJ 212-2025's communication of them is a notice, not data.
    private static bool IsNotice(ReadOnlySpan<byte> command) => command is [(byte)'1', ..] || command.SequenceEqual("9015"u8);

    // The version's bits, and no answer wanted.
    private static int Flag(in Hj212Head head) => head.Version switch { 2017 => 4, 2025 => 8, _ => 0 };

    private static void WriteFrame(IBufferWriter<byte> output, ReadOnlySpan<byte> data) => output.Advance(Hj212Frame.Write(data, output.GetSpan(data.Length + 12)));
}
