namespace CityPerception.Core.Decoding.Hj212;

/// <summary>What the bytes at hand are.</summary>
public enum Hj212FrameStatus
{
    /// <summary>Not decided yet; nothing was consumed.</summary>
    NeedMore,

    /// <summary>A frame whose length and CRC are right.</summary>
    Complete,

    /// <summary>A frame with a fault. Whoever is lenient may use its data.</summary>
    Faulty,

    /// <summary>Bytes that are no frame.</summary>
    Garbage,
}

/// <summary>What is wrong with a frame.</summary>
public enum Hj212Fault
{
    None,

    /// <summary>The four hex digits are not the CRC of the data.</summary>
    Crc,

    /// <summary>The four digits after ## are not the number of the data's bytes.</summary>
    Length,

    /// <summary>It does not begin with ##, or has no end within the limit.</summary>
    Frame,
}

/// <summary>Cuts HJ 212 frames off a byte stream: ##, four digits of length in bytes, data, CRC in hex, CR LF.</summary>
/// <remarks>
/// However the stream was cut on its way, the frames are the same. With the right CRC at the announced length a frame is
/// whole, and its CR LF, which some loggers forget, counts as a blank before the next. Otherwise the frame ends where a
/// line end or the next ## is, so that a bad one costs itself and not the connection.
/// </remarks>
public readonly ref struct Hj212Frame
{
    private const int HeadLength = 6, CrcLength = 4;

    private Hj212Frame(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> data, Hj212Fault fault, int consumed)
    {
        Bytes = bytes;
        Data = data;
        Fault = fault;
        Consumed = consumed;
    }

    /// <summary>The frame as it came, from ## to its CRC.</summary>
    public ReadOnlySpan<byte> Bytes { get; }

    /// <summary>What the CRC is of: <c>QN=…&amp;&amp;</c>.</summary>
    public ReadOnlySpan<byte> Data { get; }

    public Hj212Fault Fault { get; }

    /// <summary>How many bytes of the input are done with, blanks before the frame included.</summary>
    public int Consumed { get; }

    /// <summary>Reads the next frame.</summary>
    /// <param name="maxBytes">Whoever sends more without an end is not waited for.</param>
    public static Hj212FrameStatus Read(ReadOnlySpan<byte> input, int maxBytes, out Hj212Frame frame)
    {
        frame = default;
        int start = input.IndexOfAnyExcept("\r\n \t"u8);
        if (start < 0) return Hj212FrameStatus.NeedMore;
        ReadOnlySpan<byte> rest = input[start..];
        if (!rest.StartsWith("##"u8)) return SkipGarbage(rest, start, maxBytes, out frame);
        if (rest.Length < HeadLength) return Unfinished(rest, start, maxBytes, out frame);

        bool hasLength = TryReadLength(rest[2..HeadLength], out int length);
        int end = HeadLength + length;
        int lineEnd = rest.IndexOf("\r\n"u8);
        // Data holds no line end: one that comes too early says that the length is wrong, and the rest need not be waited for.
        if (hasLength && (lineEnd < 0 || lineEnd >= end + CrcLength))
        {
            if (rest.Length < end + CrcLength) return Unfinished(rest, start, maxBytes, out frame);
            ReadOnlySpan<byte> data = rest[HeadLength..end];
            if (Hj212Crc.Matches(data, rest.Slice(end, CrcLength)))
            {
                frame = new Hj212Frame(rest[..(end + CrcLength)], data, Hj212Fault.None, start + end + CrcLength);
                return Hj212FrameStatus.Complete;
            }
        }

        int next = rest[HeadLength..].IndexOf("##"u8) + HeadLength;
        int stop = next >= HeadLength && (lineEnd < 0 || next < lineEnd) ? next : lineEnd;
        if (stop < 0) return Unfinished(rest, start, maxBytes, out frame);
        if (stop < HeadLength + CrcLength) return Take(Hj212FrameStatus.Garbage, rest[..stop], start, out frame);

        ReadOnlySpan<byte> found = rest[HeadLength..(stop - CrcLength)];
        Hj212Fault fault = Hj212Crc.Matches(found, rest.Slice(stop - CrcLength, CrcLength)) ? Hj212Fault.Length : Hj212Fault.Crc;
        frame = new Hj212Frame(rest[..stop], found, fault, start + stop);
        return Hj212FrameStatus.Faulty;
    }

    /// <summary>Writes the data as a frame. Returns its length.</summary>
    /// <exception cref="ArgumentException">The data is longer than four digits can say, or the frame than its room.</exception>
    public static int Write(ReadOnlySpan<byte> data, Span<byte> room)
    {
        if (data.Length > 9999) throw new ArgumentException("A frame has at most 9999 bytes of data.", nameof(data));
        "##"u8.CopyTo(room);
        for (int i = 0, left = data.Length; i < 4; i++, left /= 10) room[5 - i] = (byte)('0' + left % 10);
        data.CopyTo(room[HeadLength..]);
        int end = HeadLength + data.Length;
        int crc = Hj212Crc.Compute(data);
        for (int i = 0; i < CrcLength; i++) room[end + i] = "0123456789ABCDEF"u8[(crc >> (12 - 4 * i)) & 15];
        "\r\n"u8.CopyTo(room[(end + CrcLength)..]);
        return end + CrcLength + 2;
    }

    /// <summary>Bytes that are no frame, all of them.</summary>
    internal static Hj212Frame Garbage(ReadOnlySpan<byte> bytes) => new(bytes, default, Hj212Fault.Frame, bytes.Length);

    // The last byte may be the first half of ##.
    private static Hj212FrameStatus SkipGarbage(ReadOnlySpan<byte> rest, int start, int maxBytes, out Hj212Frame frame)
    {
        int next = rest.IndexOf("##"u8);
        return next < 0 ? Unfinished(rest, start, maxBytes, out frame) : Take(Hj212FrameStatus.Garbage, rest[..next], start, out frame);
    }

    private static Hj212FrameStatus Unfinished(ReadOnlySpan<byte> rest, int start, int maxBytes, out Hj212Frame frame)
    {
        frame = default;
        return rest.Length < maxBytes ? Hj212FrameStatus.NeedMore : Take(Hj212FrameStatus.Garbage, rest[..maxBytes], start, out frame);
    }

    private static Hj212FrameStatus Take(Hj212FrameStatus status, ReadOnlySpan<byte> bytes, int start, out Hj212Frame frame)
    {
        frame = new Hj212Frame(bytes, default, Hj212Fault.Frame, start + bytes.Length);
        return status;
    }

    private static bool TryReadLength(ReadOnlySpan<byte> digits, out int length)
    {
        length = 0;
        if (digits.ContainsAnyExceptInRange((byte)'0', (byte)'9')) return false;
        foreach (byte digit in digits) length = length * 10 + digit - '0';
        return true;
    }
}
