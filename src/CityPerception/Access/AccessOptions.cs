using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace CityPerception.Access;

/// <summary>People and keys, where <c>Security:Required</c> asks for them.</summary>
internal sealed class AccessOptions
{
    public const string Section = "Access";

    /// <summary>A person who does nothing for so long has to sign in again.</summary>
    [Range(typeof(TimeSpan), "00:05:00", "30.00:00:00")]
    public TimeSpan SessionLength { get; set; } = TimeSpan.FromHours(8);

    /// <summary>So many requests a second of a key that has no rate of its own; more are answered 429.</summary>
    [Range(1, 1_000_000)]
    public int RequestsPerSecond { get; set; } = 1_000;

    /// <summary>So many attempts to sign in a minute from an address; more are answered 429.</summary>
    [Range(1, 10_000)]
    public int SignInsPerMinute { get; set; } = 20;

    /// <summary>Entries of the audit log are removed when they are so old.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "3650.00:00:00")]
    public TimeSpan AuditAge { get; set; } = TimeSpan.FromDays(365);
}

[OptionsValidator]
internal sealed partial class AccessOptionsValidator : IValidateOptions<AccessOptions>;
