using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CityPerception.TestKit;

namespace CityPerception.Tests.Sources.External;

/// <summary>A certificate authority that nobody knows, and a certificate of its for 127.0.0.1, as PEM files.</summary>
internal static class TestAuthority
{
    public static void Write(TempFolder folder)
    {
        DateTimeOffset from = DateTimeOffset.UnixEpoch, until = from.AddYears(200);
        using ECDsa authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256), key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authorityRequest = new CertificateRequest("CN=test authority", authorityKey, HashAlgorithmName.SHA256);
        authorityRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        using X509Certificate2 authority = authorityRequest.CreateSelfSigned(from, until);

        var request = new CertificateRequest("CN=broker", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 certificate = request.Create(authority, from, until, [1, 2, 3]);

        File.WriteAllText(folder.File("ca.pem"), authority.ExportCertificatePem());
        File.WriteAllText(folder.File("broker.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(folder.File("broker.key"), key.ExportPkcs8PrivateKeyPem());
    }
}
