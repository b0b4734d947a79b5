using System.Globalization;
using CityPerception.Storage.Operations;
using CityPerception.Storage.Operations.Devices;

namespace CityPerception.Cli;

/// <summary>Makes of what was given what the registry keeps; and, of what was made here, what to show this once.</summary>
internal sealed class NewCredentials(ISecretProtector protector, TextReader input)
{
    private const int ThumbprintHexDigits = 64, MaxFramePassword = 32;

    private static readonly string KeyAllowed = string.Create(CultureInfo.InvariantCulture, $"base64 of at least {DeviceSecrets.MinKeyBytes} bytes. SAS 密钥须为 Base64，至少 {DeviceSecrets.MinKeyBytes} 字节。");

    /// <summary>Returns null with what is wrong, which never holds the secret.</summary>
    /// <param name="given">What was given.</param>
    /// <param name="shown">What to show: the name of what was made and the secret; null if nothing was.</param>
    /// <param name="fault">What is wrong.</param>
    public NewCredential? Make(CredentialArguments given, out (string Name, string Secret)? shown, out string fault)
    {
        (shown, fault) = (null, "");
        if (given.Thumbprint is { } thumbprint) return OfThumbprint(thumbprint, ref fault);
        if (given.SasKey is { } key) return OfKey(FromInput(key), ref fault);
        if (given.Password is { } password) return OfPassword(FromInput(password), ref fault);
        if (given.FramePassword is { } pw) return OfFramePassword(FromInput(pw), ref fault);
        if (given.MakeSasKey)
        {
            byte[] made = DeviceSecrets.MakeKey();
            shown = ("sas_key", Convert.ToBase64String(made));
            return new NewCredential(CredentialKind.SasKey, protector.Protect(made));
        }

        string secret = DeviceSecrets.MakePassword();
        shown = ("password", secret);
        return new NewCredential(CredentialKind.Password, DeviceSecrets.Hash(secret, isMade: true));
    }

    private string FromInput(string given) => given == "-" ? input.ReadLine()?.Trim() ?? "" : given;

    private static NewCredential? OfPassword(string password, ref string fault)
    {
        if (password.Length >= DeviceSecrets.MinPasswordLength) return new NewCredential(CredentialKind.Password, DeviceSecrets.Hash(password, isMade: false));
        fault = string.Create(CultureInfo.InvariantCulture, $"The password has {password.Length} characters; allowed: {DeviceSecrets.MinPasswordLength} or more. 密码至少 {DeviceSecrets.MinPasswordLength} 个字符。");
        return null;
    }

    private static NewCredential? OfFramePassword(string password, ref string fault)
    {
        if (password.Length is > 0 and <= MaxFramePassword && password.All(static c => char.IsAsciiLetterOrDigit(c))) return new NewCredential(CredentialKind.FramePassword, DeviceSecrets.Hash(password, isMade: false));
        fault = string.Create(CultureInfo.InvariantCulture, $"PW is not 1 to {MaxFramePassword} letters and digits. HJ 212 访问密码须为 1 至 {MaxFramePassword} 位字母或数字。");
        return null;
    }

    private NewCredential? OfKey(string text, ref string fault)
    {
        if (DeviceSecrets.FindKey(text) is { } key) return new NewCredential(CredentialKind.SasKey, protector.Protect(key));
        fault = $"The key is not {KeyAllowed}";
        return null;
    }

    private static NewCredential? OfThumbprint(string text, ref string fault)
    {
        string hex = text.Replace(":", "", StringComparison.Ordinal).ToUpperInvariant();
        if (hex.Length == ThumbprintHexDigits && hex.All(char.IsAsciiHexDigit)) return new NewCredential(CredentialKind.Thumbprint, hex);
        fault = string.Create(CultureInfo.InvariantCulture, $"The thumbprint has {hex.Length} signs; allowed: the {ThumbprintHexDigits} hex digits of a SHA-256. 指纹须为 SHA-256 的 {ThumbprintHexDigits} 位十六进制数。");
        return null;
    }
}
