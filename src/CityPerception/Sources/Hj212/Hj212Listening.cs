using System.Net;
using System.Net.Security;
using CityPerception.Hosting;
using CityPerception.Sources.Devices;
using CityPerception.Sources.Keys;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace CityPerception.Sources.Hj212;

/// <summary>Gives Kestrel the listeners for loggers, where they are enabled.</summary>
internal sealed class Hj212Listening(IOptions<Hj212Options> hj212, IOptions<TlsOptions> tls, ServerCertificate certificate, Listeners listeners, IServiceProvider provider) : IConfigureOptions<KestrelServerOptions>
{
    public const string ListenerName = "HJ 212", SecureListenerName = "HJ 212 TLS";

    // There is no name for it that a client could ask for (ALPN); those that ask for none get none.
    private static readonly SslApplicationProtocol Protocol = new("hj212");

    public void Configure(KestrelServerOptions options)
    {
        if (HttpListening.Read(() => hj212.Value.Enabled ? hj212.Value.FindEndpoint() : null) is not { } wanted) return;
        options.Listen(wanted, listen =>
        {
            Serve(listen);
            listeners.Add(new Listener(ListenerName, "Hj212:Port=9214", wanted, () => listen.IPEndPoint));
        });
        if (HttpListening.Read(() => tls.Value) is not { IsGiven: true }) return;

        var secure = new IPEndPoint(wanted.Address, hj212.Value.TlsPort);
        options.Listen(secure, listen =>
        {
            listen.Protocols = HttpProtocols.None; // it is HJ 212's
            certificate.Use(listen, Protocol, hj212.Value.FrameTimeout);
            Serve(listen);
            listeners.Add(new Listener(SecureListenerName, "Hj212:TlsPort=9215", secure, () => listen.IPEndPoint));
        });
    }

    // Asked for with the first connection: while Kestrel reads its options the spool behind it is not open yet.
    private void Serve(ListenOptions listen) => listen.Run(connection => provider.GetRequiredService<Hj212Connections>().OnConnectedAsync(connection));
}

/// <summary>Registration of the listener.</summary>
internal static class Hj212Services
{
    /// <summary>What opens frames, now or when they are replayed, and its settings.</summary>
    public static IServiceCollection AddHj212Keys(this IServiceCollection services)
    {
        services.AddSingleton<IValidateOptions<Hj212Options>, Hj212OptionsValidator>();
        services.AddSingleton<IValidateOptions<Hj212Options>, Hj212KeyFileRule>();
        services.AddSingleton<IValidateOptions<Hj212Options>, Hj212AddressRule>();
        services.AddOptions<Hj212Options>().BindConfiguration(Hj212Options.Section).ValidateOnStart();
        services.AddSingleton(provider => new Hj212Keys(
            provider.GetRequiredService<IOptions<Hj212Options>>().Value.KeyFile, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<Hj212Keys>>().KeptOldKeys));
        return services;
    }

    public static IServiceCollection AddHj212(this IServiceCollection services)
    {
        services.AddSingleton<IValidateOptions<Hj212Options>, ListenGuard>();
        services.AddSingleton<Hj212Metrics>();
        services.AddSingleton<Hj212Gate>();
        services.AddSingleton<IRegistryListener>(static provider => provider.GetRequiredService<Hj212Gate>());
        services.AddSingleton<Hj212Ingest>();
        services.AddSingleton<Hj212Connections>();
        services.AddSingleton<IConfigureOptions<KestrelServerOptions>, Hj212Listening>();
        return services;
    }
}
