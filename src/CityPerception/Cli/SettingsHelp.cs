using CityPerception.Hosting;

namespace CityPerception.Cli;

/// <summary>The settings that a server has, under the help of the commands that start one.</summary>
internal static class SettingsHelp
{
    public static void Write(TextWriter output)
    {
        output.WriteLine();
        output.WriteLine("Settings 设置 (--set Section:Key=value, environment CITYPERCEPTION_Section__Key, cityperception.json here, or settings.json in the data directory):");
        Setting[] settings = [.. SettingCatalog.Default.All];
        int keys = settings.Max(s => s.Key.Length), defaults = settings.Max(s => s.Default.Length);
        foreach (Setting setting in settings)
            output.WriteLine($"  {setting.Key.PadRight(keys)}  {setting.Default.PadRight(defaults)}  {SettingCatalog.Allowed(setting)}");
    }
}
