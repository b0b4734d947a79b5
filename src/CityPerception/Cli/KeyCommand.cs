using System.CommandLine;
using System.Globalization;
using CityPerception.Storage.Operations.Access;

namespace CityPerception.Cli;

/// <summary><c>key</c>: keys of programs that come by HTTP.</summary>
internal static class KeyCommand
{
    private const string Never = "never";

    private static readonly string ScopeList = $"ingest:SOURCE, ingest:*, {string.Join(", ", KeyScopes.Words)}";

    public static Command Create()
    {
        var command = new Command("key", "Keys of programs that come by HTTP, and what each may do. 程序访问密钥") { Add(), List(), Revoke() };
        command.WithExamples(
            ("cityperception key add gateway-7 --scope ingest:air-station", "makes a key, and shows it once · 生成密钥并显示一次"),
            ("cityperception key revoke gateway-7", "within seconds · 数秒内失效"));
        return command;
    }

    private static Command Add()
    {
        (WhereOptions where, Argument<string> name) = (new WhereOptions(), Name());
        Option<string[]> scopes = Scopes(isRequired: true);
        Option<string> expires = SharedOptions.Checked("--expires", "yyyy-MM-dd", Never, "The first day (UTC) on which it is not taken, or never. 失效日期", text => text == Never || TryDay(text, out _), "a day such as 2027-01-31, or never");
        var rate = new Option<int?>("--rate") { HelpName = "N", Description = "So many requests a second, 1 to 1000000 (by default what Access:RequestsPerSecond says). 每秒请求数上限" };
        rate.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is < 1 or > 1_000_000) result.AddError("--rate: allowed: 1 to 1000000.");
        });
        var command = new Command("add", "Makes a key, and shows it this once. 生成密钥") { name, scopes, expires, rate };
        where.AddTo(command);
        command.WithExamples(
            ("cityperception key add gateway-7 --scope ingest:air-station --scope ingest:noise-meter", "messages of two sources · 两个数据源"),
            ("cityperception key add telegraf --scope write --rate 50", "line protocol, 50 requests a second · 行协议，限速"),
            ("cityperception key add prometheus --scope metrics --expires 2027-12-31", "until that day · 指定失效日期"));
        command.SetAction((parsed, cancellationToken) =>
        {
            DateTimeOffset? until = TryDay(parsed.GetRequiredValue(expires), out DateTimeOffset day) ? day : null;
            return Work.AddKeyAsync(where.Read(parsed), parsed.GetRequiredValue(name), parsed.GetRequiredValue(scopes), until, parsed.GetValue(rate), cancellationToken);
        });
        return command;
    }

    /// <summary>The option of what a key may do.</summary>
    public static Option<string[]> Scopes(bool isRequired)
    {
        var scopes = new Option<string[]>("--scope") { HelpName = "SCOPE", Description = $"{ScopeList}; may be repeated (no default). 权限范围，可重复", Required = isRequired, Arity = ArgumentArity.OneOrMore };
        scopes.Validators.Add(result =>
        {
            foreach (string scope in result.GetValueOrDefault<string[]>() ?? [])
                if (!KeyScopes.IsScope(scope)) result.AddError($"'{scope}' is no scope{Hints.DidYouMean(scope, KeyScopes.Words)} The scopes are {ScopeList}. 权限范围无效。");
        });
        return scopes;
    }

    private static Command List()
    {
        var where = new WhereOptions();
        var command = new Command("list", "Lists keys and what each may do; never the keys themselves. 列出密钥（不含密钥本身）");
        where.AddTo(command);
        command.WithExamples(("cityperception key list", "name, state, scopes, rate · 名称、状态、权限、限速"));
        command.SetAction((parsed, cancellationToken) => Work.ListKeysAsync(where.Read(parsed), cancellationToken));
        return command;
    }

    private static Command Revoke()
    {
        (WhereOptions where, Argument<string> name) = (new WhereOptions(), Name());
        var command = new Command("revoke", "Takes a key no more, and ends what it has under way. 吊销密钥") { name };
        where.AddTo(command);
        command.WithExamples(("cityperception key revoke gateway-7", "within seconds · 数秒内失效"));
        command.SetAction((parsed, cancellationToken) => Work.RevokeKeyAsync(where.Read(parsed), parsed.GetRequiredValue(name), cancellationToken));
        return command;
    }

    private static Argument<string> Name() => new("NAME") { Description = "What it is for. 名称" };

    private static bool TryDay(string text, out DateTimeOffset day) =>
        DateTimeOffset.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out day);
}
