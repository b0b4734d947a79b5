using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CityPerception.Hosting;

namespace CityPerception.Installing;

/// <summary>The server's certificate: one that is given, or one of an authority of its own, whose certificate devices are given.</summary>
internal sealed class TlsStep : IInitStep
{
    public const string AuthorityFile = "ca.pem", AuthorityKeyFile = "ca.key", CertificateFile = "server.pem", KeyFile = "server.key";

    public async Task<InitDone> RunAsync(InitPlan plan, CancellationToken cancellationToken)
    {
        if (plan.CertificateFile is not null)
        {
            return CertificateFiles.Read(new TlsOptions { CertificateFile = plan.CertificateFile, KeyFile = plan.KeyFile }, out string? fault) is null
                ? throw new InitFaultException(fault!)
                : InitDone.Of($"Certificate 证书: {plan.CertificateFile} (given 使用现有证书)");
        }

        OwnFiles.MakeFolder(Path.GetDirectoryName(plan.TlsFile(CertificateFile))!);
        using X509Certificate2 authority = await AuthorityAsync(plan, cancellationToken);
        (string certificate, string key) = CertificateMaker.MakeServer(authority, plan.Names, TimeProvider.System.GetUtcNow());
        await OwnFiles.WriteAsync(plan.TlsFile(KeyFile), key, cancellationToken);
        await OwnFiles.WriteAsync(plan.TlsFile(CertificateFile), certificate, cancellationToken);
        return InitDone.Of($"Certificate 证书: {plan.TlsFile(CertificateFile)}, for 用于 {string.Join(", ", plan.Names)}; devices trust 设备需信任 {plan.TlsFile(AuthorityFile)}");
    }

    // Devices have its certificate: one that is there stays.
    private static async Task<X509Certificate2> AuthorityAsync(InitPlan plan, CancellationToken cancellationToken)
    {
        (string file, string keyFile) = (plan.TlsFile(AuthorityFile), plan.TlsFile(AuthorityKeyFile));
        if (File.Exists(file) && File.Exists(keyFile))
        {
            try
            {
                return X509Certificate2.CreateFromPemFile(file, keyFile);
            }
            catch (CryptographicException e)
            {
                throw new InitFaultException($"'{file}' and '{keyFile}' are not an authority and its key in PEM: {e.Message} 证书机构文件无效。");
            }
        }

        X509Certificate2 made = CertificateMaker.MakeAuthority(plan.Names[0], TimeProvider.System.GetUtcNow());
        using ECDsa key = made.GetECDsaPrivateKey()!;
        await OwnFiles.WriteAsync(keyFile, key.ExportPkcs8PrivateKeyPem() + "\n", cancellationToken);
        await OwnFiles.WriteAsync(file, made.ExportCertificatePem() + "\n", cancellationToken);
        return made;
    }
}
