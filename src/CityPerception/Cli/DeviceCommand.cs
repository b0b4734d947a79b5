using System.CommandLine;

namespace CityPerception.Cli;

/// <summary>What a device shows to be let in, as it was given: at most one; none to have a password made.</summary>
internal sealed record CredentialArguments(string? Password, string? SasKey, string? Thumbprint, string? FramePassword, bool MakeSasKey);

/// <summary><c>device</c>: who may send.</summary>
internal static class DeviceCommand
{
    public static Command Create()
    {
        var command = new Command("device", "Devices that may connect, and what they show to be let in. 设备登记与凭据") { Add(), List(), Switch("disable", true), Switch("enable", false), Rotate() };
        command.WithExamples(
            ("cityperception device add AQ-00001", "makes a password, and shows it once · 登记设备并生成密码"),
            ("cityperception device add --csv devices.csv > secrets.csv", "many at a time · 批量登记"),
            ("cityperception device disable AQ-00001", "lets it in no more · 停用"));
        return command;
    }

    private static Command Add()
    {
        var (where, credential) = (new WhereOptions(), new CredentialOptions());
        var id = new Argument<string?>("ID") { Description = "Its name, as it gives it when it connects; case matters. 设备编号", Arity = ArgumentArity.ZeroOrOne };
        var note = new Option<string?>("--note") { HelpName = "TEXT", Description = "What people should know of it (none by default). 备注" };
        var csv = new Option<string?>("--csv") { HelpName = "FILE", Description = "Many devices: a table with the column id, and any of note, password, sas_key, thumbprint, frame_password (none by default). Prints id,password of those that had nothing. 批量登记（CSV 文件）" };
        var command = new Command("add", "Adds a device. Without a credential a password is made, and shown this once. 登记设备") { id, note, csv };
        credential.AddTo(command);
        where.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetValue(id) is null == result.GetValue(csv) is null) result.AddError("Give an ID, or --csv FILE. 请指定设备编号或 --csv 文件。");
            if (result.GetValue(csv) is not null && credential.Count(result) > 0) result.AddError("With --csv the credentials stand in the file. 使用 --csv 时，凭据写在文件中。");
        });
        command.WithExamples(
            ("cityperception device add AQ-00001 --note '英雄中路'", "makes a password, and shows it once · 生成密码并显示一次"),
            ("cityperception device add GW-7 --make-sas-key", "a key for the Azure IoT dialect · 生成 SAS 密钥"),
            ("echo \"$PASSWORD\" | cityperception device add GW-8 --password -", "a password of your own, which no history keeps · 从标准输入读取密码"),
            ("cityperception device add --csv devices.csv > secrets.csv", "many at a time · 批量登记"));
        command.SetAction((parsed, cancellationToken) => parsed.GetValue(csv) is { } file
            ? Work.AddDevicesAsync(where.Read(parsed), file, cancellationToken)
            : Work.AddDeviceAsync(where.Read(parsed), parsed.GetValue(id)!, parsed.GetValue(note), credential.Read(parsed), cancellationToken));
        return command;
    }

    private static Command List()
    {
        var where = new WhereOptions();
        var command = new Command("list", "Lists devices, without secrets. 列出设备");
        where.AddTo(command);
        command.WithExamples(("cityperception device list", "id, state, credentials, note · 编号、状态、凭据、备注"));
        command.SetAction((parsed, cancellationToken) => Work.ListDevicesAsync(where.Read(parsed), cancellationToken));
        return command;
    }

    private static Command Switch(string name, bool isDisabled)
    {
        var where = new WhereOptions();
        var ids = new Argument<string[]>("ID") { Description = "Its name; several are allowed. 设备编号", Arity = ArgumentArity.OneOrMore };
        var command = new Command(name, isDisabled ? "Lets a device in no more. 停用设备" : "Lets a device in again. 启用设备") { ids };
        where.AddTo(command);
        command.WithExamples(($"cityperception device {name} AQ-00001", "one · 单个设备"));
        command.SetAction((parsed, cancellationToken) => Work.SwitchDevicesAsync(where.Read(parsed), parsed.GetRequiredValue(ids), isDisabled, cancellationToken));
        return command;
    }

    private static Command Rotate()
    {
        var (where, credential) = (new WhereOptions(), new CredentialOptions());
        var id = new Argument<string>("ID") { Description = "Its name. 设备编号" };
        var now = new Option<bool>("--now") { Description = "The old one is taken no more (false by default: it is, until the next rotation). 旧凭据立即失效" };
        var command = new Command("rotate", "Gives a device another credential. 更换凭据") { id, now };
        credential.AddTo(command);
        where.AddTo(command);
        command.WithExamples(
            ("cityperception device rotate AQ-00001", "another password; the old one is taken until the next rotation · 更换密码"),
            ("cityperception device rotate AQ-00001 --now", "the old one has leaked · 旧密码已泄露"));
        command.SetAction((parsed, cancellationToken) => Work.RotateDeviceAsync(where.Read(parsed), parsed.GetRequiredValue(id), credential.Read(parsed), parsed.GetValue(now), cancellationToken));
        return command;
    }

    private sealed class CredentialOptions
    {
        private readonly Option<string?> _password = new("--password") { HelpName = "P", Description = "A password of your own, of 15 characters or more; - reads it from the input, where no history keeps it (one is made by default). 自定密码" };
        private readonly Option<string?> _sasKey = new("--sas-key") { HelpName = "K", Description = "A key in base64, of 16 bytes or more, for the Azure IoT dialect; - reads it from the input (none by default). SAS 密钥" };
        private readonly Option<bool> _makeSasKey = new("--make-sas-key") { Description = "Make such a key, and show it once (false by default). 生成 SAS 密钥" };
        private readonly Option<string?> _thumbprint = new("--thumbprint") { HelpName = "T", Description = "The SHA-256 of its certificate, in hex (none by default). 证书指纹" };

        private readonly Option<string?> _framePassword = new("--frame-password") { HelpName = "P", Description = "PW of its HJ 212 frames; - reads it from the input (none by default). HJ 212 访问密码" };

        private Option[] All => [_password, _sasKey, _makeSasKey, _thumbprint, _framePassword];

        public void AddTo(Command command)
        {
            foreach (Option option in All) command.Add(option);
            command.Validators.Add(result =>
            {
                if (Count(result) > 1) result.AddError("One credential at a time: --password, --sas-key, --make-sas-key, --thumbprint or --frame-password. 每次只能指定一种凭据。");
            });
        }

        public int Count(System.CommandLine.Parsing.CommandResult result) =>
            All.Count(o => result.GetResult(o) is { Implicit: false });

        public CredentialArguments Read(ParseResult parsed) => new(parsed.GetValue(_password), parsed.GetValue(_sasKey), parsed.GetValue(_thumbprint), parsed.GetValue(_framePassword), parsed.GetValue(_makeSasKey));
    }
}
