using System.Text;
using CityPerception.Core.Decoding.Hj212;
using CityPerception.Sources.Keys;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Parameters;

namespace CityPerception.Sources.Hj212;

/// <summary>Opens what loggers of 2025 encrypt, with the keys of a file. As a message's properties it says nothing.</summary>
internal sealed class Hj212Keys(string? file, TimeProvider clock, Action<string> kept) : IHj212Opener
{
    private const int KeyBytes = 16;

    /// <summary>A line of the key file. A key's form is told by its length.</summary>
    public static readonly KeyForm Form = new("MN,key with a key of 16 bytes: 32 hexadecimal digits, 24 characters of base64, or 16 characters as they are", Read);

    private readonly DeviceKeyFile _file = new(file, Form, clock, kept);

    public string? Find(string name) => null;

    public bool HasKeyOf(ReadOnlySpan<byte> device) => _file.IsSet && _file.Of(Encoding.UTF8.GetString(device)).Count > 0;

    public bool TryOpen(ReadOnlySpan<byte> device, ReadOnlySpan<byte> cipher, Span<byte> plain, out int length)
    {
        foreach (byte[] key in _file.Of(Encoding.UTF8.GetString(device)))
        {
            var engine = new SM4Engine();
            engine.Init(forEncryption: false, new KeyParameter(key));
            for (int at = 0; at < cipher.Length; at += Hj212Cipher.BlockBytes) engine.ProcessBlock(cipher[at..], plain[at..]);
            if (Hj212Cipher.TryTrim(plain[..cipher.Length], out length)) return true;
        }

        length = 0;
        return false;
    }

    private static byte[]? Read(string text)
    {
        byte[] key = new byte[text.Length];
        return text.Length switch
        {
            2 * KeyBytes when text.All(char.IsAsciiHexDigit) => Convert.FromHexString(text),
            24 when Convert.TryFromBase64String(text, key, out int length) && length == KeyBytes => key[..length],
            KeyBytes when Ascii.IsValid(text) => Encoding.ASCII.GetBytes(text),
            _ => null,
        };
    }
}
