using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using CityPerception.Storage.Operations.Devices;

namespace CityPerception.Storage.Operations.Access;

/// <summary>Makes keys and passwords of people, and what is kept of them.</summary>
/// <remarks>
/// A password is kept as a device's chosen one is (<see cref="DeviceSecrets"/>), also one that was made here, so that
/// checking takes the same time for everybody. A key has 256 random bits: nobody guesses it, whatever a guess costs, and
/// it comes with every request. So its SHA-256 is enough, and finding it by that tells nobody who times it anything.
/// </remarks>
public static class AccessSecrets
{
    private const int KeyBytes = 32;

    /// <summary>What every key begins with: whoever finds one in a file knows what it is.</summary>
    public const string KeyPrefix = "cpk_";

    /// <summary>The longest password that is looked at, in characters.</summary>
    public const int MaxPasswordLength = 256;

    /// <summary>A hash that no password has, to spend on a name that nobody has the time that one takes that somebody has.</summary>
    public static string NobodysHash { get; } = HashPassword(DeviceSecrets.MakePassword());

    /// <summary>A key of 256 random bits.</summary>
    public static string MakeKey() => KeyPrefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(KeyBytes));

    /// <summary>What is kept of a key.</summary>
    public static string HashKey(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    /// <summary>What is kept of a person's password.</summary>
    public static string HashPassword(string password) => DeviceSecrets.Hash(password, isMade: false);
}
