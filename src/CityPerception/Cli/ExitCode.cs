namespace CityPerception.Cli;

/// <summary>What the process tells whoever started it.</summary>
internal static class ExitCode
{
    public const int Ok = 0;

    /// <summary>The command was understood and its work failed.</summary>
    public const int Failed = 1;

    /// <summary>The command line or a setting is wrong.</summary>
    public const int BadUsage = 2;
}
