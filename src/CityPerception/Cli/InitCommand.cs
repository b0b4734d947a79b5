using System.CommandLine;
using System.Net;

namespace CityPerception.Cli;

/// <summary>What was given of a new installation; null for what may be asked.</summary>
internal sealed record InitArguments(
    string DataDirectory, IReadOnlyList<string>? Names, string? Address, string? CertificateFile, string? KeyFile, IReadOnlyList<string>? Devices, FirstAccess Access, bool Yes, bool Again);

/// <summary>Who is to come in by HTTP from the beginning.</summary>
/// <param name="Administrator">A name; null for what may be asked.</param>
/// <param name="ReadsPassword">The administrator's password is read from the input; else one is made.</param>
/// <param name="ApiKey">The name of a key; null for none.</param>
/// <param name="Scopes">What the key may do.</param>
internal sealed record FirstAccess(string? Administrator, bool ReadsPassword, string? ApiKey, IReadOnlyList<string> Scopes);

/// <summary><c>init</c>: the first start of a real installation.</summary>
internal static class InitCommand
{
    public static Command Create()
    {
        Option<string> data = SharedOptions.Data();
        var names = new Option<string[]>("--name") { HelpName = "HOST", Description = "A name or IP address by which clients call the server; may be repeated (this machine's name and localhost by default). 服务器名称或 IP" };
        var address = new Option<string?>("--address") { HelpName = "IP", Description = "Where devices, people and programs are let in by TLS (0.0.0.0 by default: from everywhere). TLS 监听地址" };
        var certificate = new Option<string?>("--certificate") { HelpName = "FILE", Description = "A certificate that there is, with its chain, in PEM (one is made by default). 现有证书" };
        var key = new Option<string?>("--key") { HelpName = "FILE", Description = "Its private key, in PEM (one is made by default). 现有私钥" };
        var devices = new Option<string[]>("--device") { HelpName = "ID", Description = "A first device, whose password is printed; may be repeated (none by default). 首批设备" };
        var administrator = new Option<string?>("--administrator") { HelpName = "NAME", Description = $"Who signs in first; a password is made and printed ({InitQuestions.DefaultAdministrator} by default). 首位管理员" };
        Option<bool> password = UserCommand.PasswordInput();
        var apiKey = new Option<string?>("--api-key") { HelpName = "NAME", Description = "A first key of a program, which is printed; with --scope (none by default). 首个程序密钥" };
        Option<string[]> scopes = KeyCommand.Scopes(isRequired: false);
        var yes = new Option<bool>("--yes") { Description = "Ask nothing: what is not given is as by default (false by default). 不提问，全部采用默认值" };
        var again = new Option<bool>("--again") { Description = "Over an installation that is there: new server certificate and settings; data, keys, authority, devices and people stay (false by default). 覆盖现有安装的证书与设置" };
        var command = new Command("init", "Makes a new installation that other machines may reach: data directory, TLS, credentials, settings. 初始化正式安装")
        {
            data, names, address, certificate, key, devices, administrator, password, apiKey, scopes, yes, again,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(address) is { } text && !IPAddress.TryParse(text, out _)) result.AddError($"--address is '{text}'; allowed: an IP address such as 0.0.0.0 or 192.168.1.10.");
            if (result.GetValue(certificate) is null != result.GetValue(key) is null) result.AddError("--certificate and --key belong together. --certificate 与 --key 须同时指定。");
            if (result.GetValue(apiKey) is null != result.GetValue(scopes) is null or []) result.AddError("--api-key and --scope belong together. --api-key 与 --scope 须同时指定。");
            if (result.GetValue(administrator) is { } person && Work.FaultOfName(person) is { } ofPerson) result.AddError($"--administrator: {ofPerson}");
            if (result.GetValue(apiKey) is { } program && Work.FaultOfName(program) is { } ofProgram) result.AddError($"--api-key: {ofProgram}");
            foreach (string name in result.GetValue(names) ?? []) if (InitQuestions.FaultOfName(name) is { } fault) result.AddError($"--name: {fault}");
            foreach (string id in result.GetValue(devices) ?? []) if (Work.FaultOfId(id) is { } fault) result.AddError($"--device: {fault}");
        });
        command.WithExamples(
            static help => help.WriteLine("""
                Secrets are printed once, to standard output, as lines of kind,name,secret; everything else goes to standard error.
                There are no default passwords. The settings are in settings.json of the data directory, which serve reads.
                密码只显示一次，以“类别,名称,密码”逐行写到标准输出；没有任何默认密码。设置写入数据目录的 settings.json。
                """),
            ("cityperception init", "asks, and then says what it did · 逐项提问"),
            ("cityperception init --data /var/lib/cityperception --name city.example --device AQ-00001 --yes > secrets.csv", "by a script · 由脚本执行"),
            ("cityperception init --administrator wang.li --api-key gateway-7 --scope ingest:* --yes", "with a key of a program · 同时生成程序密钥"),
            ("cityperception init --certificate chain.pem --key key.pem --yes", "with a certificate that there is · 使用现有证书"));
        command.SetAction((parsed, cancellationToken) => Work.InitAsync(
            new InitArguments(
                parsed.GetRequiredValue(data),
                parsed.GetValue(names) is { Length: > 0 } given ? given : null,
                parsed.GetValue(address),
                parsed.GetValue(certificate),
                parsed.GetValue(key),
                parsed.GetValue(devices) is { Length: > 0 } some ? some : null,
                new FirstAccess(parsed.GetValue(administrator), parsed.GetValue(password), parsed.GetValue(apiKey), parsed.GetValue(scopes) ?? []),
                parsed.GetValue(yes),
                parsed.GetValue(again)),
            cancellationToken));
        return command;
    }
}
