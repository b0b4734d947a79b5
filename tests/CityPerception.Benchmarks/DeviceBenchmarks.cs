using System.Text;
using BenchmarkDotNet.Attributes;
using CityPerception.Sources.Devices;
using CityPerception.Sources.Mqtt.Access;
using CityPerception.Storage.Operations.Devices;

namespace CityPerception.Benchmarks;

/// <summary>What a device costs: each message (is the device known, is it the sender's), each topic that a connection uses for the first time, each password.</summary>
[MemoryDiagnoser]
public class DeviceBenchmarks
{
    private readonly KnownDevices _known = new(Microsoft.Extensions.Options.Options.Create(new Hosting.SecurityOptions { Required = true }));
    private readonly Core.Observations.MessageSender _sender = new("DEV-0123456", isRegistered: true);
    private readonly OwnTopics _topics = new("DEV-0123456");
    private readonly byte[] _device = Encoding.UTF8.GetBytes("DEV-0123456");
    private readonly string _made = DeviceSecrets.Hash("a password that was made here", isMade: true), _chosen = DeviceSecrets.Hash("a password that was chosen", isMade: false);

    [GlobalSetup]
    public void Fill()
    {
        for (int i = 0; i < 200_000; i++) _known.Set($"DEV-{i:D7}", isEnabled: true);
    }

    [Benchmark]
    public bool IsKnown() => _known.IsKnown(_device);

    [Benchmark]
    public bool IsTheSenders() => _sender.Is(_device);

    [Benchmark]
    public bool IsAnOwnTopic() => _topics.Holds("city/aq/DEV-0123456/telemetry");

    [Benchmark]
    public bool MadePassword() => DeviceSecrets.IsPassword(_made, "a password that was made here");

    [Benchmark]
    public bool ChosenPassword() => DeviceSecrets.IsPassword(_chosen, "a password that was chosen");
}
