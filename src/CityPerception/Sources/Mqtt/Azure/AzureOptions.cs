using System.ComponentModel.DataAnnotations;
using CityPerception.Hosting;
using CityPerception.Sources.Keys;
using Microsoft.Extensions.Options;

namespace CityPerception.Sources.Mqtt.Azure;

/// <summary>Who may connect as a device of the Azure IoT dialect.</summary>
internal sealed class AzureOptions
{
    public const string Section = MqttOptions.Section + ":Azure";

    /// <summary>The file of keys (<see cref="DeviceKeys"/>, lines of <see cref="AzureKeys.Form"/>), read again when it changes. Without it tokens are not checked, as nobody's credentials are on loopback.</summary>
    public string? KeyFile { get; set; }

    /// <summary>A token that ends further ahead is refused: one whose end was written in milliseconds would never end.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "3650.00:00:00")]
    public TimeSpan MaxTokenSpan { get; set; } = TimeSpan.FromDays(400);

    /// <summary>So long after its end a token still opens a connection, since clocks differ.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan ClockSkew { get; set; } = TimeSpan.FromMinutes(5);
}

[OptionsValidator]
internal sealed partial class AzureOptionsValidator : IValidateOptions<AzureOptions>;

/// <summary>Keys that cannot be read stop the start.</summary>
internal sealed class AzureKeyFileRule : IValidateOptions<AzureOptions>
{
    public ValidateOptionsResult Validate(string? name, AzureOptions options) =>
        string.IsNullOrEmpty(options.KeyFile) || DeviceKeys.Read(options.KeyFile, AzureKeys.Form, out string? fault) is not null
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail($"{AzureOptions.Section}:{nameof(AzureOptions.KeyFile)}: {fault}");
}
