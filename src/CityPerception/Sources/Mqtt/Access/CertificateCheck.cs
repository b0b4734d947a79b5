using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CityPerception.Configuration;
using CityPerception.Hosting;
using CityPerception.Storage.Operations.Devices;

namespace CityPerception.Sources.Mqtt.Access;

/// <summary>What a certificate is worth as a device's credential.</summary>
/// <param name="Name">Whose it is; null if nobody's.</param>
/// <param name="Device">The same in the registry; null for one that is not there.</param>
/// <param name="Credential">The thumbprint in the registry; null where an authority has signed it.</param>
/// <param name="Fault">Why it is nobody's.</param>
internal readonly record struct CertificateVerdict(string? Name, Device? Device, Guid? Credential, string? Fault);

/// <summary>
/// Judges certificates: by the registry's thumbprints, and by the authorities of <see cref="MqttOptions.ClientCa"/>. One by
/// an authority is the device's that it names: its common name, or a DNS name (RFC 5280, 4.2.1.6).
/// </summary>
internal sealed class CertificateCheck(DeviceRegistry registry, ClientAuthorities authorities, CurrentPlan plan, TimeProvider clock)
{
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2"; // RFC 5280, 4.2.1.12
    private const string CommonName = "2.5.4.3"; // RFC 5280, A.1
    private const int MaxNames = 4; // each is looked for in the registry

    /// <summary>Until when a certificate holds.</summary>
    public static DateTimeOffset EndOf(ClientCertificate shown) => new(shown.Own.NotAfter.ToUniversalTime());

    /// <summary>Whose a certificate is.</summary>
    /// <param name="shown">What the client has shown.</param>
    /// <param name="named">The device that it says it is, by its user name; null where it says nothing, and its certificate is to.</param>
    /// <param name="clientId">Tried last, where it says nothing.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="System.Data.Common.DbException">The registry does not answer.</exception>
    public async ValueTask<CertificateVerdict> JudgeAsync(ClientCertificate shown, string? named, string clientId, CancellationToken cancellationToken)
    {
        DateTimeOffset now = clock.GetUtcNow();
        if (now < shown.Own.NotBefore.ToUniversalTime()) return Nobodys("its certificate does not hold yet");
        if (now >= EndOf(shown)) return Nobodys("its certificate has expired");

        string[] names = NamesIn(shown.Own);
        string thumbprint = shown.Own.GetCertHashString(HashAlgorithmName.SHA256);
        bool? isSigned = null;
        foreach (string candidate in Candidates(shown, named, clientId).Where(static c => c.Length is > 0 and <= Device.MaxIdLength))
        {
            Device? device = await registry.FindAsync(candidate, cancellationToken);
            if (device?.Credentials.Find(c => c.Kind == CredentialKind.Thumbprint && c.Secret.Equals(thumbprint, StringComparison.OrdinalIgnoreCase)) is { } own) return new CertificateVerdict(candidate, device, own.Id, null);
            if (names.Contains(candidate) && (device is not null || TakesUnknown()) && (isSigned ??= IsSigned(shown, now))) return new CertificateVerdict(candidate, device, null, null);
        }

        return Nobodys("its certificate is none of the device's in the registry, and not signed for it by an authority of " + ClientAuthorities.Setting);
    }

    /// <summary>The devices that the client may be, the likeliest first.</summary>
    public static IReadOnlyList<string> Candidates(ClientCertificate shown, string? named, string clientId) => named is not null ? [named] : [.. NamesIn(shown.Own), clientId];

    /// <summary>The authorities as they are now: another object when their files have changed.</summary>
    public AuthorityCertificates Authorities => authorities.Current;

    /// <summary>Whether an authority has signed it, now.</summary>
    public bool IsSigned(ClientCertificate shown) => IsSigned(shown, clock.GetUtcNow());

    private bool IsSigned(ClientCertificate shown, DateTimeOffset now)
    {
        AuthorityCertificates known = authorities.Current;
        if (known.Roots.Count == 0) return false;
        using var chain = new X509Chain();
        X509ChainPolicy policy = chain.ChainPolicy;
        (policy.TrustMode, policy.RevocationMode, policy.DisableCertificateDownloads) = (X509ChainTrustMode.CustomRootTrust, X509RevocationMode.NoCheck, true);
        (policy.VerificationTime, policy.VerificationTimeIgnored) = (now.UtcDateTime, false);
        policy.ApplicationPolicy.Add(new Oid(ClientAuthentication));
        policy.CustomTrustStore.AddRange(known.Roots);
        policy.ExtraStore.AddRange(known.Between);
        foreach (X509Certificate2 between in shown.Between) policy.ExtraStore.Add(between);
        return chain.Build(shown.Own);
    }

    // Somebody has to want what unknown devices send; the sources then judge each message.
    private bool TakesUnknown() => plan.Plan.Sources.Values.Any(static s => s.AdmitsUnknown);

    private static CertificateVerdict Nobodys(string why) => new(null, null, null, why);

    // Not what .NET calls the simple name, which is another part of the subject where there is no common name.
    private static string[] NamesIn(X509Certificate2 certificate)
    {
        List<string> names = [];
        foreach (X500RelativeDistinguishedName part in certificate.SubjectName.EnumerateRelativeDistinguishedNames())
            if (!part.HasMultipleElements && part.GetSingleElementType().Value == CommonName && part.GetSingleElementValue() is { } name) names.Add(name);
        foreach (X509SubjectAlternativeNameExtension alternatives in certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>()) names.AddRange(alternatives.EnumerateDnsNames());
        return [.. names.Distinct().Take(MaxNames)];
    }
}
