using System.Buffers;
using System.Buffers.Text;
using System.Text.Unicode;

namespace CityPerception.Core.Decoding.Hj212;

/// <summary>
/// Encrypted command parameters as text (HJ 212-2025). The standard does not say how the bytes stand between the
/// <c>&amp;&amp;</c>; hexadecimal digits in either case and base64 are read, which cannot be taken for one another nor for
/// parameters: blocks of 16 bytes make 32 digits each, and parameters have their <c>=</c> in the middle.
/// </summary>
public static class Hj212Cipher
{
    /// <summary>Of SM4, in bytes.</summary>
    public const int BlockBytes = 16;

    private const int MinTextBytes = 24; // a block in base64, the shortest that there is

    /// <summary>Whether it may be encrypted; costs next to nothing for parameters that are not.</summary>
    public static bool IsLikely(ReadOnlySpan<byte> parameters) => parameters.Length >= MinTextBytes && !parameters[..^2].Contains((byte)'=');

    /// <summary>Reads the text into whole blocks. False if it is no ciphertext.</summary>
    /// <param name="cipher">At least as long as the text.</param>
    public static bool TryRead(ReadOnlySpan<byte> text, Span<byte> cipher, out int length)
    {
        bool isHex = text.Length % (2 * BlockBytes) == 0 && Convert.FromHexString(text, cipher, out _, out length) is OperationStatus.Done;
        if (isHex)
        {
            length = text.Length / 2;
            return true;
        }

        return Base64.DecodeFromUtf8(text, cipher, out _, out length) is OperationStatus.Done && length > 0 && length % BlockBytes == 0;
    }

    /// <summary>
    /// Cuts off what fills the last block: zeros, blanks or the bytes of PKCS #7, none of which parameters end in. False if
    /// what is left are no parameters, so that the key was another.
    /// </summary>
    public static bool TryTrim(ReadOnlySpan<byte> plain, out int length)
    {
        length = plain.LastIndexOfAnyExceptInRange((byte)0, (byte)' ') + 1;
        ReadOnlySpan<byte> parameters = plain[..length];
        return parameters.Contains((byte)'=') && !parameters.ContainsAnyInRange((byte)0, (byte)0x1F) && Utf8.IsValid(parameters);
    }
}
