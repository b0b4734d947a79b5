using System.CommandLine;
using System.Globalization;
using CityPerception.Hosting;

namespace CityPerception.Cli;

/// <summary>Options that several commands have; made anew for each, since an option belongs to one command.</summary>
internal static class SharedOptions
{
    private const string Ever = "ever";

    public static Option<string> Config() => new("--config")
    {
        HelpName = "DIR",
        Description = "Directory of sources, measurements, lookups. 配置目录",
        DefaultValueFactory = _ => ServeDirectories.FindConfig(null),
    };

    public static Option<string> Data() => new("--data")
    {
        HelpName = "DIR",
        Description = "Directory of spool, dead letters and embedded database; made if missing. 数据目录",
        DefaultValueFactory = _ => ServeDirectories.Data,
    };

    public static Option<string[]> Set() => new("--set")
    {
        HelpName = "Section:Key=value",
        Description = "A setting; may be repeated, the last of a key counts. 修改设置，可重复",
        Arity = ArgumentArity.OneOrMore,
        DefaultValueFactory = _ => [],
    };

    public static Option<string> Roles()
    {
        var option = new Option<string>("--roles")
        {
            HelpName = "ROLE,…",
            Description = "What this process does. 本进程承担的角色",
            DefaultValueFactory = _ => RoleNames.Format(Hosting.Roles.All),
        };
        option.Validators.Add(result =>
        {
            if (RoleNames.Parse(result.GetRequiredValue(option), out Roles _) is { } fault) result.AddError(fault);
        });
        return option;
    }

    public static Option<int> Whole(string name, int defaultValue, int least, int most, string description)
    {
        var option = new Option<int>(name) { HelpName = "N", Description = description, DefaultValueFactory = _ => defaultValue };
        option.Validators.Add(result =>
        {
            int value = result.GetValueOrDefault<int>();
            if (value < least || value > most) result.AddError($"{name} is {value}; allowed: {least} to {most}.");
        });
        return option;
    }

    public static Option<double> Rate(double defaultValue, double least = 0.1, string meaning = "Messages a second, all senders together. 每秒消息总数")
    {
        var option = new Option<double>("--rate") { HelpName = "R", Description = meaning, DefaultValueFactory = _ => defaultValue };
        option.Validators.Add(result =>
        {
            double value = result.GetValueOrDefault<double>();
            if (!(value >= least && value <= 1_000_000)) result.AddError(string.Create(CultureInfo.InvariantCulture, $"--rate is {value}; allowed: {least} to 1000000."));
        });
        return option;
    }

    /// <summary>A text of a form that is checked.</summary>
    public static Option<string> Checked(string name, string helpName, string defaultValue, string description, Func<string, bool> isValid, string allowed)
    {
        var option = new Option<string>(name) { HelpName = helpName, Description = description, DefaultValueFactory = _ => defaultValue };
        option.Validators.Add(result =>
        {
            string value = result.GetRequiredValue(option);
            if (!isValid(value)) result.AddError($"{name} is '{value}'; allowed: {allowed}.");
        });
        return option;
    }

    public static Option<string> Duration() =>
        Checked("--duration", "hh:mm:ss|ever", Ever, "How long; ever runs until it is stopped. 运行时长", IsDuration, "a time as hh:mm:ss such as 00:01:00, or ever");

    /// <summary>The value of <see cref="Duration()"/>; null for ever.</summary>
    public static TimeSpan? Duration(string valid) => valid == Ever ? null : TimeSpan.ParseExact(valid, "c", CultureInfo.InvariantCulture);

    private static bool IsDuration(string text) =>
        text == Ever || (TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out TimeSpan duration) && duration > TimeSpan.Zero);
}
