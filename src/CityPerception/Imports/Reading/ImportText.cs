using System.Text;
using System.Text.Unicode;
using CityPerception.Core.Text;

namespace CityPerception.Imports.Reading;

/// <summary>The encodings that an input's text may have.</summary>
internal enum ImportEncoding
{
    /// <summary>Told by the first bytes that are not ASCII: UTF-8 if they are valid as it, else GB 18030.</summary>
    Auto,

    Utf8,

    /// <summary>With GBK and GB 2312 in it.</summary>
    Gb18030,
}

/// <summary>Reads the text of an input chunk by chunk, and finds out its encoding on the way. Once known it stays.</summary>
internal sealed class ImportText(ImportEncoding encoding)
{
    /// <summary>Stands where bytes are none of the encoding.</summary>
    public const char Invalid = '\uFFFD';

    private static readonly Encoding LenientGb18030 = (Encoding)Encodings.Gb18030.Clone();

    private char[] _chars = [];

    static ImportText() => LenientGb18030.DecoderFallback = new DecoderReplacementFallback(Invalid.ToString());

    /// <summary>What is known so far.</summary>
    public ImportEncoding Found { get; private set; } = encoding;

    /// <summary>Without the byte order mark of UTF-8.</summary>
    public static ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> bytes) => bytes.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes;

    /// <summary>Whether an input whose first bytes these are is UTF-8. They may end within a character.</summary>
    public static ImportEncoding Tell(ReadOnlySpan<byte> head)
    {
        for (int cut = 0; cut < 4 && cut <= head.Length; cut++)
            if (Utf8.IsValid(head[..^cut])) return ImportEncoding.Utf8;
        return ImportEncoding.Gb18030;
    }

    /// <summary>Looks at bytes that hold only whole characters.</summary>
    public void Look(ReadOnlySpan<byte> bytes)
    {
        if (Found is ImportEncoding.Auto && !Ascii.IsValid(bytes)) Found = Utf8.IsValid(bytes) ? ImportEncoding.Utf8 : ImportEncoding.Gb18030;
    }

    /// <summary>The text of whole rows, until the next call. <see cref="Invalid"/> stands for what cannot be read.</summary>
    public ReadOnlyMemory<char> Read(ReadOnlySpan<byte> bytes)
    {
        Look(bytes);
        if (_chars.Length < bytes.Length) _chars = new char[bytes.Length]; // no encoding of these has more characters than bytes
        Encoding reader = Found is ImportEncoding.Gb18030 ? LenientGb18030 : Encoding.UTF8;
        return _chars.AsMemory(0, reader.GetChars(bytes, _chars));
    }
}
