using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace CityPerception.Storage.Operations.Devices;

/// <summary>Makes secrets, and what is kept of them.</summary>
/// <remarks>
/// A password that a person thought up can be guessed, so each guess is made dear: PBKDF2 with HMAC-SHA512, 210,000 rounds
/// (OWASP Password Storage Cheat Sheet, 2023). One that was made here has 192 random bits, and no number of rounds adds
/// to that: 1,000 let a city's devices all connect again at once. The hash tells its own rounds.
/// </remarks>
public static class DeviceSecrets
{
    /// <summary>The shortest password that a person may choose, in characters (NIST SP 800-63B-4, 3.1.1.2, for one that is the only factor).</summary>
    public const int MinPasswordLength = 15;

    /// <summary>The shortest key, in bytes: shorter ones can be guessed (RFC 2104, 3); the hub's own have 16 to 64.</summary>
    public const int MinKeyBytes = 16;

    private const int MadePasswordBytes = 24, MadeKeyBytes = 32, MadeRounds = 1_000, ChosenRounds = 210_000;

    private static readonly PasswordHasher<Device> Made = Hasher(MadeRounds), Chosen = Hasher(ChosenRounds);

    /// <summary>A password of 192 random bits.</summary>
    public static string MakePassword() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(MadePasswordBytes));

    /// <summary>A key of 256 random bits.</summary>
    public static byte[] MakeKey() => RandomNumberGenerator.GetBytes(MadeKeyBytes);

    /// <summary>A key in base64; null if it is none, or too short.</summary>
    public static byte[]? FindKey(string base64)
    {
        byte[] key = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, key, out int length) && length >= MinKeyBytes ? key[..length] : null;
    }

    /// <summary>What is kept of a password.</summary>
    public static string Hash(string password, bool isMade) => (isMade ? Made : Chosen).HashPassword(null!, password);

    /// <summary>Whether a password is the one that the hash was made of. Takes as long as its rounds take.</summary>
    public static bool IsPassword(string hash, string password) => Chosen.VerifyHashedPassword(null!, hash, password) is not PasswordVerificationResult.Failed;

    /// <summary>A hash that no password has, to spend on a device that is not there the time that one takes that is.</summary>
    public static string NobodysHash { get; } = Hash(MakePassword(), isMade: true);

    private static PasswordHasher<Device> Hasher(int rounds) => new(Options.Create(new PasswordHasherOptions { IterationCount = rounds }));
}
