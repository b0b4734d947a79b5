using System.Net;
using CityPerception.Installing;
using Spectre.Console;

namespace CityPerception.Cli;

/// <summary>Asks a person for what was not given.</summary>
internal static class InitQuestions
{
    /// <summary>The first administrator's name where none is given.</summary>
    public const string DefaultAdministrator = "admin";

    private const string Everywhere = "0.0.0.0";

    /// <summary>The plan without asking anything.</summary>
    public static InitPlan Defaults(InitArguments given) => new()
    {
        DataDirectory = given.DataDirectory,
        Names = given.Names ?? DefaultNames,
        Address = given.Address ?? Everywhere,
        CertificateFile = given.CertificateFile,
        KeyFile = given.KeyFile,
        Devices = given.Devices ?? [],
        Administrator = new NewAdministrator((given.Access.Administrator ?? DefaultAdministrator).ToLowerInvariant(), "", null),
        ApiKey = given.Access.ApiKey is { } key ? new NewKey(key, given.Access.Scopes) : null,
    };

    /// <summary>The plan by the answers; null if it is not to be done.</summary>
    public static InitPlan? Ask(InitArguments given, IAnsiConsole console)
    {
        InitPlan plan = Defaults(given);
        if (given.Names is null && given.CertificateFile is null)
            plan = plan with { Names = List(console, "Names and IP addresses of the server, parted by commas 服务器名称或 IP（逗号分隔）", string.Join(',', plan.Names), FaultOfName) };
        if (given.Address is null)
            plan = plan with { Address = List(console, "IP address to let others in by TLS TLS 监听地址", plan.Address, static a => IPAddress.TryParse(a, out _) ? null : $"'{a}' is no IP address. 不是 IP 地址。")[0] };
        if (given.Devices is null)
            plan = plan with { Devices = List(console, "First devices, parted by commas; empty for none 首批设备编号（可留空）", "", Work.FaultOfId) };
        if (given.Access.Administrator is null)
            plan = plan with { Administrator = plan.Administrator with { Name = List(console, "First administrator 首位管理员", plan.Administrator.Name, Work.FaultOfName)[0].ToLowerInvariant() } };
        string question = $"Make the installation in {Path.GetFullPath(plan.DataDirectory)}? 开始初始化？";
        return console.Prompt(new ConfirmationPrompt(Markup.Escape(question))) ? plan : null;
    }

    /// <summary>What is wrong with a name of the server, or null.</summary>
    public static string? FaultOfName(string name) => Uri.CheckHostName(name) is UriHostNameType.Unknown ? $"'{name}' is neither a host name nor an IP address. 不是主机名或 IP 地址。" : null;

    private static string[] DefaultNames => [.. new[] { Environment.MachineName, "localhost", "127.0.0.1" }.Where(n => FaultOfName(n) is null).Distinct(StringComparer.OrdinalIgnoreCase)];

    private static string[] List(IAnsiConsole console, string question, string byDefault, Func<string, string?> faultOf)
    {
        string answer = console.Prompt(new TextPrompt<string>(Markup.Escape(question)).DefaultValue(byDefault).ShowDefaultValue(byDefault.Length > 0).AllowEmpty()
            .Validate(text => Parts(text).Select(faultOf).FirstOrDefault(f => f is not null) is { } fault ? ValidationResult.Error(Markup.Escape(fault)) : ValidationResult.Success()));
        return Parts(answer.Length == 0 ? byDefault : answer);
    }

    private static string[] Parts(string text) => text.Split([',', '，', ' '], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
