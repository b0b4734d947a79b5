using System.Security.Cryptography.X509Certificates;

namespace CityPerception.Simulation;

/// <summary>How clients of the simulation speak HTTP.</summary>
internal static class TrustedHttp
{
    /// <param name="authorities">Whose certificates are believed; null for the system's.</param>
    public static SocketsHttpHandler Handler(X509Certificate2Collection? authorities)
    {
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan };
        if (authorities is null) return handler;
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        handler.SslOptions.CertificateChainPolicy.CustomTrustStore.AddRange(authorities);
        return handler;
    }
}
