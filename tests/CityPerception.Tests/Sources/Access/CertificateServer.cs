using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CityPerception.Storage.Operations.Devices;
using CityPerception.TestKit;
using MQTTnet;
using MQTTnet.Formatter;

namespace CityPerception.Tests.Sources.Access;

/// <summary>A server that devices show certificates to, and an authority that makes them: OpenSSL, as in a city.</summary>
public sealed class CertificateServer : AccessServer
{
    private readonly TlsFiles _tls = new();
    private readonly TempFolder _folder = new();

    public CertificateServer()
    {
        MakeAuthority("ca");
        MakeAuthority("other");
        File.Copy(_folder.File("ca.pem"), AuthorityFile);
    }

    public int TlsPort => Port("MQTTS");

    /// <summary>The authorities that the server knows.</summary>
    public string AuthorityFile => _folder.File("trusted.pem");

    public string ServerCertificateFile => _tls.CertificateFile;

    protected override (string Key, string Value)[] Settings =>
        [.. base.Settings, ("Tls:CertificateFile", _tls.CertificateFile), ("Tls:KeyFile", _tls.KeyFile), ("Mqtt:TlsPort", "0"), ("Http:TlsPort", "0"), ("Mqtt:ClientCa", AuthorityFile)];

    /// <summary>Puts an authority's certificate where the server looks for those that it knows.</summary>
    public void Trust(string authority) => File.Copy(_folder.File(authority + ".pem"), AuthorityFile, overwrite: true);

    /// <summary>Makes a certificate; the files of it and its key.</summary>
    /// <param name="commonName">What it names.</param>
    /// <param name="authority">Who signs it; null for itself.</param>
    /// <param name="days">How many days it holds from now; negative if it has expired.</param>
    /// <param name="extension">One more of its extensions, as OpenSSL writes it.</param>
    public (string Certificate, string Key) Make(string commonName, string? authority = "ca", string days = "30", string? extension = null)
    {
        string name = Guid.NewGuid().ToString("N"), certificate = _folder.File(name + ".pem"), key = _folder.File(name + ".key");
        string[] request = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", certificate, "-subj", "/O=City/CN=" + commonName.Replace("/", "\\/", StringComparison.Ordinal)];
        if (days.StartsWith('-')) return MakeExpired(commonName, authority!, certificate, key);
        string[] time = ["-days", days];
        OpenSsl([.. request, .. time, .. authority is null ? [] : (string[])["-CA", _folder.File(authority + ".pem"), "-CAkey", _folder.File(authority + ".key"), "-addext", "basicConstraints=CA:FALSE"], .. extension is null ? [] : (string[])["-addext", extension]]);
        return (certificate, key);
    }

    /// <summary>The SHA-256 of a certificate, as OpenSSL prints it.</summary>
    public static string ThumbprintOf(string certificate) => OpenSsl(["x509", "-in", certificate, "-noout", "-fingerprint", "-sha256"]).Split('=')[1].Trim();

    /// <summary>Gives a device of the registry a certificate's thumbprint.</summary>
    internal async Task AddThumbprintAsync(string device, string certificate)
    {
        var credential = new NewCredential(CredentialKind.Thumbprint, ThumbprintOf(certificate).Replace(":", "", StringComparison.Ordinal));
        if (await Registry.FindAsync(device, TestContext.Current.CancellationToken) is null) await Registry.AddAsync([(device, null, credential)], TestContext.Current.CancellationToken);
        else await Registry.RotateAsync(device, credential, dropsOld: false, TestContext.Current.CancellationToken);
    }

    internal Task<MqttPeer> ConnectAsync((string Certificate, string Key) files, Action<MqttClientOptionsBuilder>? more = null) => MqttPeer.ConnectAsync(MqttProtocolVersion.V500, builder =>
    {
        X509Certificate2 certificate = X509CertificateLoader.LoadPkcs12(X509Certificate2.CreateFromPemFile(files.Certificate, files.Key).Export(X509ContentType.Pkcs12), null);
        builder.WithTcpServer("127.0.0.1", TlsPort).WithTlsOptions(o => o
            .WithClientCertificates([certificate])
            .WithCertificateValidationHandler(c => c.Certificate.GetCertHashString(HashAlgorithmName.SHA1) == _tls.Thumbprint));
        more?.Invoke(builder);
    });

    /// <summary>Whether a certificate lets a client in.</summary>
    internal async Task<bool> IsLetInAsync((string Certificate, string Key) files, Action<MqttClientOptionsBuilder>? more = null)
    {
        try
        {
            await using MqttPeer peer = await ConnectAsync(files, more);
            return true;
        }
        catch (Exception e) when (e is Xunit.Sdk.XunitException or MQTTnet.Exceptions.MqttCommunicationException)
        {
            return false;
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _tls.Dispose();
        _folder.Dispose();
    }

    // "req" knows no time in the past; "ca" does.
    private (string Certificate, string Key) MakeExpired(string commonName, string authority, string certificate, string key)
    {
        string request = key + ".csr", index = key + ".txt", config = key + ".cnf";
        File.WriteAllText(index, "");
        File.WriteAllText(config, $"[ca]\ndefault_ca=own\n[own]\ndatabase={index}\nnew_certs_dir={_folder.Path}\nrand_serial=yes\ndefault_md=sha256\npolicy=any\nunique_subject=no\n[any]\norganizationName=optional\ncommonName=supplied\n");
        OpenSsl(["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", request, "-subj", "/O=City/CN=" + commonName]);
        OpenSsl(["ca", "-batch", "-config", config, "-cert", _folder.File(authority + ".pem"), "-keyfile", _folder.File(authority + ".key"), "-in", request, "-out", certificate, "-startdate", "200101000000Z", "-enddate", "200201000000Z", "-notext"]);
        return (certificate, key);
    }

    private void MakeAuthority(string name) =>
        OpenSsl(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", _folder.File(name + ".key"), "-out", _folder.File(name + ".pem"), "-days", "3650", "-subj", "/CN=" + name]);

    private static string OpenSsl(string[] arguments) => Tool.RunAsync("openssl", arguments).GetAwaiter().GetResult();
}
