using CityPerception.Hosting;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace CityPerception.Sources.Hj212;

/// <summary>Gives Kestrel the listener for loggers, where it is enabled.</summary>
internal sealed class Hj212Listening(IOptions<Hj212Options> hj212, Listeners listeners, IServiceProvider provider) : IConfigureOptions<KestrelServerOptions>
{
    public const string ListenerName = "HJ 212";

    public void Configure(KestrelServerOptions options)
    {
        if (HttpListening.Read(() => hj212.Value.Enabled ? hj212.Value.FindEndpoint() : null) is not { } wanted) return;
        options.Listen(wanted, listen =>
        {
            // Asked for with the first connection: while Kestrel reads its options the spool behind it is not open yet.
            listen.Run(connection => provider.GetRequiredService<Hj212Connections>().OnConnectedAsync(connection));
            listeners.Add(new Listener(ListenerName, "Hj212:Port=9213", wanted, () => listen.IPEndPoint));
        });
    }
}

/// <summary>Registration of the listener.</summary>
internal static class Hj212Services
{
    public static IServiceCollection AddHj212(this IServiceCollection services)
    {
        services.AddSingleton<IValidateOptions<Hj212Options>, Hj212OptionsValidator>();
        services.AddSingleton<IValidateOptions<Hj212Options>, ListenGuard>();
        services.AddOptions<Hj212Options>().BindConfiguration(Hj212Options.Section).ValidateOnStart();
        services.AddSingleton<Hj212Metrics>();
        services.AddSingleton<Hj212Ingest>();
        services.AddSingleton<Hj212Connections>();
        services.AddSingleton<IConfigureOptions<KestrelServerOptions>, Hj212Listening>();
        return services;
    }
}
