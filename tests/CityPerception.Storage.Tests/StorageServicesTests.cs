using System.Text;
using CityPerception.Core.Queries;
using CityPerception.Storage.DeadLetters;
using CityPerception.Storage.Spooling;
using CityPerception.Storage.Tests.Dispatch;
using CityPerception.TestKit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CityPerception.Storage.Tests;

public sealed class StorageServicesTests : IDisposable
{
    private readonly TempFolder _directory = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Host_WithDefaults_CarriesALineToTheStore()
    {
        var store = new MemoryStore();
        using IHost host = Build([], store);
        await host.StartAsync(Ct);
        Spool spool = host.Services.GetRequiredService<Spool>();
        Assert.True(spool.TryAppend(Encoding.UTF8.GetBytes("noise,device=a leq=54.2 1\n"), 1, 1, out long receipt));
        await spool.WaitDurableAsync(receipt, Ct);
        await DispatchRig.UntilAsync(() => spool.Bytes == 0);
        Assert.Equal(["noise,device=a leq=54.2 1"], store.Lines);
        Assert.Empty((await host.Services.GetRequiredService<DeadLetterLog>().ReadAsync(new DeadLetterFilter(), Ct)).Letters);
        await host.StopAsync(Ct);
    }

    [Fact]
    public void Validate_BadSettings_ListsEveryFault()
    {
        using IHost host = Build(
            new() { ["Spool:SegmentBytes"] = "3000000", ["Spool:MaxBytes"] = "5000000", ["Dispatch:Lanes"] = "0", ["DeadLetters:MaxAge"] = "00:00:01" }, new MemoryStore());
        // Before the host starts, which makes the parts, and would stop at the first.
        AggregateException refused = Assert.Throws<AggregateException>(() => host.Services.GetRequiredService<IStartupValidator>().Validate());
        string all = string.Join('\n', refused.InnerExceptions.Select(e => e.Message));
        Assert.All((string[])["Spool:SegmentBytes", "Spool:MaxBytes", "Lanes", "MaxAge"], name => Assert.Contains(name, all, StringComparison.Ordinal));
        Assert.All(refused.InnerExceptions, e => Assert.IsType<OptionsValidationException>(e));
    }

    private IHost Build(Dictionary<string, string?> settings, MemoryStore store)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Services.AddSingleton(TimeProvider.System).AddSingleton<IStore>(store).AddMetrics().AddLogging(l => l.SetMinimumLevel(LogLevel.None));
        builder.Services
            .AddSpool(Path.Combine(_directory.Path, "spool"))
            .AddDeadLetters(Path.Combine(_directory.Path, "dead-letters"))
            .AddDispatcher();
        return builder.Build();
    }
}
