namespace CityPerception.Hosting;

/// <summary>Who may come in.</summary>
internal sealed class SecurityOptions
{
    public const string Section = "Security";

    /// <summary>Ask for credentials on loopback too. Beyond loopback they are always asked for.</summary>
    public bool Required { get; set; }
}
