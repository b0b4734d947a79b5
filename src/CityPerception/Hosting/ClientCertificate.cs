using System.Net.Security;
using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace CityPerception.Hosting;

/// <summary>The certificate that a client has shown, and whose key it has, by the handshake. Nobody has looked yet at who signed it.</summary>
/// <param name="Own">The client's.</param>
/// <param name="Between">Those that it sent along, between its own and a root.</param>
internal sealed record ClientCertificate(X509Certificate2 Own, IReadOnlyList<X509Certificate2> Between)
{
    // Kestrel keeps the client's certificate alone, and tells the callback nothing of the connection.
    private static readonly ConditionalWeakTable<X509Certificate2, IReadOnlyList<X509Certificate2>> SentAlong = [];

    /// <summary>What the client of a connection has shown; null for nothing.</summary>
    public static ClientCertificate? Of(ConnectionContext connection) =>
        connection.Features.Get<ITlsConnectionFeature>()?.ClientCertificate is { } own ? new ClientCertificate(own, SentAlong.TryGetValue(own, out IReadOnlyList<X509Certificate2>? between) ? between : []) : null;

    /// <summary>Has clients asked for a certificate; they need not have one.</summary>
    public static void Ask(HttpsConnectionAdapterOptions options)
    {
        options.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
        options.ClientCertificateValidation = static (own, chain, _) =>
        {
            // Kept as it is: who may be whom is known when the client says its name.
            if (chain is not null) SentAlong.AddOrUpdate(own, [.. chain.ChainPolicy.ExtraStore]);
            return true;
        };
    }

    /// <summary>Has nothing downloaded from an address that a stranger has written into its certificate.</summary>
    public static void StayLocal(SslServerAuthenticationOptions handshake) =>
        handshake.CertificateChainPolicy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
}
