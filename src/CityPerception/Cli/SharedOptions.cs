using System.CommandLine;
using CityPerception.Hosting;

namespace CityPerception.Cli;

/// <summary>Options that several commands have; made anew for each, since an option belongs to one command.</summary>
internal static class SharedOptions
{
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

    public static Option<Roles> Roles()
    {
        var option = new Option<Roles>("--roles")
        {
            HelpName = string.Join(',', RoleNames.All),
            Description = "What this process does; all of it by default. 本进程承担的角色",
            DefaultValueFactory = _ => Hosting.Roles.All,
        };
        option.CustomParser = result =>
        {
            if (RoleNames.Parse(string.Join(',', result.Tokens.Select(t => t.Value)), out Roles roles) is { } fault) result.AddError(fault);
            return roles;
        };
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
}
