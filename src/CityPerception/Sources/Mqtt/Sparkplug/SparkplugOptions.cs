using System.ComponentModel.DataAnnotations;
using CityPerception.Hosting;
using Microsoft.Extensions.Options;

namespace CityPerception.Sources.Mqtt.Sparkplug;

/// <summary>How this server behaves as a Sparkplug host application, with the embedded broker and with an external one.</summary>
internal sealed class SparkplugOptions
{
    public const string Section = MqttOptions.Section + ":Sparkplug";

    /// <summary>The name under which its STATE is published, for nodes that wait for their primary host. Without it none is.</summary>
    public string? HostId { get; set; }

    /// <summary>A node is asked for its births at most once in so long.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan RebirthInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>So many nodes are followed; of those beyond, data without names becomes dead letters.</summary>
    [Range(1, 1_000_000)]
    public int MaxNodes { get; set; } = 20_000;

    /// <summary>So much memory the names of all metrics may take: about 4,000 metrics a megabyte.</summary>
    [Range(1, 16_384)]
    public int MemoryMegabytes { get; set; } = 128;

    /// <summary>The topic of the STATE, or null where none is published.</summary>
    public string? FindStateTopic() => string.IsNullOrEmpty(HostId) ? null : $"spBv1.0/STATE/{HostId}";
}

[OptionsValidator]
internal sealed partial class SparkplugOptionsValidator : IValidateOptions<SparkplugOptions>;

/// <summary>What the attributes cannot say.</summary>
internal sealed class SparkplugRules : IValidateOptions<SparkplugOptions>
{
    public ValidateOptionsResult Validate(string? name, SparkplugOptions options) =>
        options.HostId.AsSpan().IndexOfAny("/+#\0") >= 0
            ? ValidateOptionsResult.Fail($"{SparkplugOptions.Section}:{nameof(SparkplugOptions.HostId)} is '{options.HostId}'; allowed: a name without / + #, since it is a level of a topic.")
            : ValidateOptionsResult.Success;
}
