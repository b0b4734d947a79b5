using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace CityPerception.TestKit;

/// <summary>A certificate of this machine's loopback, signed by itself, and its key, in PEM files that are gone with the test.</summary>
public sealed class TlsFiles : IDisposable
{
    private readonly TempFolder _folder = new();

    public TlsFiles() => Renew();

    public string CertificateFile => _folder.File("certificate.pem");

    public string KeyFile => _folder.File("key.pem");

    /// <summary>The fingerprint of the certificate in the file now.</summary>
    public string Thumbprint { get; private set; } = "";

    /// <summary>Writes another certificate over the one before.</summary>
    public void Renew()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        using X509Certificate2 certificate = request.CreateSelfSigned(new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero));
        Thumbprint = certificate.Thumbprint;
        File.WriteAllText(KeyFile, key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(CertificateFile, certificate.ExportCertificatePem());
    }

    public void Dispose() => _folder.Dispose();
}
