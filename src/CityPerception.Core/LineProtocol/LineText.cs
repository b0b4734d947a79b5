using System.Text;

namespace CityPerception.Core.LineProtocol;

/// <summary>A name, tag value or string of a line: the bytes as they stand there, with the means to undo the escapes.</summary>
public readonly ref struct LineText
{
    private readonly Escapes _escapes;

    internal LineText(ReadOnlySpan<byte> raw, Escapes escapes)
    {
        Raw = raw;
        _escapes = escapes;
    }

    /// <summary>Which characters a backslash escapes. Before any other it is a character of its own.</summary>
    internal enum Escapes : byte
    {
        None,

        /// <summary>Comma and space.</summary>
        Measurement,

        /// <summary>Comma, equals sign and space: keys and tag values.</summary>
        Key,

        /// <summary>Quote and backslash.</summary>
        String,
    }

    /// <summary>The bytes as they stand in the line; of a string, without its quotes.</summary>
    public ReadOnlySpan<byte> Raw { get; }

    /// <summary>Whether <see cref="Raw"/> differs from what is meant.</summary>
    public bool NeedsUnescape => _escapes is not Escapes.None;

    /// <summary>Writes what is meant and returns its length, which is never more than <see cref="Raw"/>'s.</summary>
    /// <exception cref="ArgumentException">The destination is shorter than <see cref="Raw"/>.</exception>
    public int Unescape(Span<byte> destination)
    {
        if (destination.Length < Raw.Length) throw new ArgumentException("Shorter than the raw text.", nameof(destination));

        ReadOnlySpan<byte> rest = Raw;
        int length = 0;
        while (NeedsUnescape)
        {
            int plain = rest.IndexOf((byte)'\\');
            if (plain < 0) break;
            bool escape = plain + 1 < rest.Length && IsEscaped(rest[plain + 1]);
            rest[..plain].CopyTo(destination[length..]);
            length += plain;
            destination[length++] = escape ? rest[plain + 1] : (byte)'\\';
            rest = rest[(plain + (escape ? 2 : 1))..];
        }

        rest.CopyTo(destination[length..]);
        return length + rest.Length;
    }

    /// <summary>What is meant: <see cref="Raw"/> itself where it has no escapes, else a part of <paramref name="scratch"/>.</summary>
    /// <exception cref="ArgumentException">There are escapes, and the scratch space is shorter than <see cref="Raw"/>.</exception>
    public ReadOnlySpan<byte> Plain(Span<byte> scratch) => NeedsUnescape ? scratch[..Unescape(scratch)] : Raw;

    /// <summary>What is meant, as a string; bytes that are not UTF-8 become U+FFFD.</summary>
    public override string ToString() =>
        NeedsUnescape ? Encoding.UTF8.GetString(Plain(new byte[Raw.Length])) : Encoding.UTF8.GetString(Raw);

    private bool IsEscaped(byte next) => _escapes switch
    {
        Escapes.Measurement => next is (byte)',' or (byte)' ',
        Escapes.Key => next is (byte)',' or (byte)' ' or (byte)'=',
        _ => next is (byte)'"' or (byte)'\\',
    };
}
