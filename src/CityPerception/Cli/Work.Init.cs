using CityPerception.Access;
using CityPerception.Hosting;
using CityPerception.Installing;
using Spectre.Console;

namespace CityPerception.Cli;

/// <summary>The work of <c>init</c>.</summary>
internal static partial class Work
{
    public static async Task<int> InitAsync(InitArguments given, CancellationToken cancellationToken)
    {
        if (!given.Again && InitSteps.IsInstalled(given.DataDirectory))
            return Failed($"'{Terminal.Escape(given.DataDirectory)}' is an installation already, and nothing was changed. Name another with --data DIR, or renew its certificate and settings with --again. 该目录已有安装，未做任何更改；可用 --data 指定其他目录，或用 --again 更新证书与设置。");
        if (!given.Yes && Console.IsInputRedirected)
            return BadUsage("Nobody can be asked here: give the answers as options, and --yes. 当前无法提问，请用选项给出答案并加 --yes。");

        // Questions go where explanations go, so that the secrets can be sent to a file.
        InitPlan? plan = given.Yes ? InitQuestions.Defaults(given) : InitQuestions.Ask(given, AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) }));
        if (plan is null) return Failed("Nothing was changed. 未做任何更改。");

        if (TakePassword(given.Access.ReadsPassword, out string? made) is not { } hash) return ExitCode.BadUsage;
        plan = plan with { Administrator = plan.Administrator with { PasswordHash = hash, MadePassword = made } };
        List<InitSecret> secrets = [];
        try
        {
            foreach (IInitStep step in InitSteps.All)
            {
                InitDone done = await step.RunAsync(plan, cancellationToken);
                if (done.Done.Length > 0) Terminal.Error.Line(Terminal.Escape(done.Done));
                secrets.AddRange(done.Secrets);
            }
        }
        catch (Exception e) when (e is InitFaultException or IOException or UnauthorizedAccessException)
        {
            PrintSecrets(secrets); // they are in force
            return Failed($"{e.Message} The same command with --again goes on. 修正后用 --again 继续。");
        }

        PrintSecrets(secrets);
        Terminal.Error.Verdict(true, "The installation is ready. 初始化完成。");
        foreach (string line in Next(plan)) Terminal.Error.Line(line);
        return ExitCode.Ok;
    }

    private static void PrintSecrets(List<InitSecret> secrets)
    {
        if (secrets.Count == 0) return;
        Terminal.Error.Line("Secrets, shown this once 密码，仅显示一次 (kind,name,secret):");
        foreach (InitSecret secret in secrets) Terminal.Out.Line($"{secret.Kind},{secret.Name},{secret.Secret}");
    }

    private static string HostOf(string name) => name.Contains(':', StringComparison.Ordinal) ? $"[{name}]" : name;

    private static IEnumerable<string> Next(InitPlan plan)
    {
        string data = Terminal.Escape(Path.GetFullPath(plan.DataDirectory));
        yield return "Next 下一步:";
        yield return $"  1. cityperception serve --data {data}";
        yield return $"     sign in 登录: https://{HostOf(plan.Names[0])}:{new HttpOptions().TlsPort}{AccessServices.SignInPage}";
        yield return $"     devices 设备: mqtts://{HostOf(plan.Names[0])}:{new MqttOptions().TlsPort}; plain ports on loopback only 明文端口仅限本机";
        yield return $"  2. cityperception device add ID --data {data}";
        yield return "     more devices 登记更多设备";
        if (plan.CertificateFile is null)
        {
            yield return $"  3. give devices and browsers {plan.TlsFile(TlsStep.AuthorityFile)}; move {plan.TlsFile(TlsStep.AuthorityKeyFile)} to a safe place until the certificate is renewed";
            yield return "     将 ca.pem 分发给设备与浏览器；ca.key 请移至安全处保存，更新证书时再放回";
        }

        yield return $"  4. back up {Terminal.Escape(Path.Combine(data, "keys"))} apart from the rest: without it encrypted dead letters and keys of devices are lost";
        yield return "     单独备份 keys 目录，丢失后加密内容无法恢复";
    }
}
