using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace CityPerception.Sources.Open311;

/// <summary>Who may report by Open311, and how much.</summary>
internal sealed class Open311Options
{
    public const string Section = "Open311";

    /// <summary>The keys that a report may carry, with commas between them; better in <see cref="KeyFile"/> or an environment variable than on a command line. Without any, everybody who reaches the server may report.</summary>
    public string ApiKeys { get; set; } = "";

    /// <summary>A file of such keys, one a line, read at the start; lines that are empty or begin with <c>#</c> do not count.</summary>
    public string? KeyFile { get; set; }

    /// <summary>A longer form is answered with 413.</summary>
    [Range(4096, 1 << 20)]
    public int MaxFormBytes { get; set; } = 64 << 10;

    /// <summary>A form with more fields is refused.</summary>
    [Range(16, 1000)]
    public int MaxFields { get; set; } = 100;

    /// <summary>Who answers questions about this interface, for the discovery document.</summary>
    public string Contact { get; set; } = "";
}

[OptionsValidator]
internal sealed partial class Open311OptionsValidator : IValidateOptions<Open311Options>;

/// <summary>Keys that cannot be read, or that anybody could guess, stop the start.</summary>
internal sealed class Open311KeysRule : IValidateOptions<Open311Options>
{
    public ValidateOptionsResult Validate(string? name, Open311Options options) =>
        ApiKeys.TryRead(options, out string? fault) is not null ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(fault!);
}
