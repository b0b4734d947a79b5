using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace CityPerception.Installing;

/// <summary>An authority of one's own and the server's certificate by it: P-256 keys, X.509 version 3 (RFC 5280).</summary>
internal static class CertificateMaker
{
    // Clients have the authority's for long; what they refuse of a server's is more than 825 days.
    private static readonly TimeSpan AuthorityLife = TimeSpan.FromDays(3650), ServerLife = TimeSpan.FromDays(825), Before = TimeSpan.FromHours(1);

    private static readonly Oid ServerAuthentication = new("1.3.6.1.5.5.7.3.1");

    /// <summary>An authority that signs servers and nothing below them.</summary>
    public static X509Certificate2 MakeAuthority(string name, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(NameOf($"CityPerception authority of {name}"), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return request.CreateSelfSigned(now - Before, now + AuthorityLife);
    }

    /// <summary>A server's certificate and its key.</summary>
    /// <param name="authority">Signs it.</param>
    /// <param name="names">Names and IP addresses of the server.</param>
    /// <param name="now">It begins.</param>
    public static (string Certificate, string Key) MakeServer(X509Certificate2 authority, IReadOnlyList<string> names, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(NameOf(names[0]), key, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (string name in names)
        {
            if (IPAddress.TryParse(name, out IPAddress? address)) alternatives.AddIpAddress(address);
            else alternatives.AddDnsName(name);
        }

        request.CertificateExtensions.Add(alternatives.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([ServerAuthentication], critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        DateTimeOffset end = now + ServerLife, authorityEnd = authority.NotAfter.ToUniversalTime();
        using X509Certificate2 certificate = request.Create(authority, now - Before, end < authorityEnd ? end : authorityEnd, RandomNumberGenerator.GetBytes(16));
        return (certificate.ExportCertificatePem() + "\n" + authority.ExportCertificatePem() + "\n", key.ExportPkcs8PrivateKeyPem() + "\n");
    }

    private static X500DistinguishedName NameOf(string name)
    {
        var builder = new X500DistinguishedNameBuilder();
        builder.AddCommonName(name.Length <= 64 ? name : name[..64]); // RFC 5280, A.1: ub-common-name
        return builder.Build();
    }
}
