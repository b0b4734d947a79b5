using System.CommandLine;
using CityPerception.Storage.Operations.Access;

namespace CityPerception.Cli;

/// <summary><c>user</c>: people who sign in.</summary>
internal static class UserCommand
{
    private static readonly string RoleList = string.Join(", ", UserRoles.All);

    public static Command Create()
    {
        var command = new Command("user", "People who sign in, and their roles. 用户与角色") { Add(), List(), Switch("disable", true), Switch("enable", false), Password(), SetRoles() };
        command.WithExamples(
            ("cityperception user add wang.li --role engineer", "makes a password, and shows it once · 添加用户并生成密码"),
            ("cityperception user disable wang.li", "ends the sessions within seconds · 停用并结束会话"));
        return command;
    }

    private static Command Add()
    {
        (WhereOptions where, Argument<string> name, Option<bool> password) = (new WhereOptions(), Name(), PasswordInput());
        var roles = new Option<string[]>("--role") { HelpName = "ROLE", Description = $"{RoleList}; may be repeated (no default). 角色，可重复", Required = true, Arity = ArgumentArity.OneOrMore };
        roles.Validators.Add(result => Check(result, result.GetValueOrDefault<string[]>()));
        var command = new Command("add", "Adds a person. A password is made, and shown this once, unless the input has one. 添加用户") { name, roles, password };
        where.AddTo(command);
        command.WithExamples(
            ("cityperception user add admin --role administrator", "shows a password once · 生成密码并显示一次"),
            ("cityperception user add wang.li --role operator --role grid-staff --password-input < password.txt", "a password of your own, which no history keeps · 从标准输入读取密码"));
        command.SetAction((parsed, cancellationToken) =>
            Work.AddUserAsync(where.Read(parsed), parsed.GetRequiredValue(name), parsed.GetRequiredValue(roles), parsed.GetValue(password), cancellationToken));
        return command;
    }

    private static Command List()
    {
        var where = new WhereOptions();
        var command = new Command("list", "Lists people and their roles. 列出用户");
        where.AddTo(command);
        command.WithExamples(("cityperception user list", "name, state, roles · 用户名、状态、角色"));
        command.SetAction((parsed, cancellationToken) => Work.ListUsersAsync(where.Read(parsed), cancellationToken));
        return command;
    }

    private static Command Switch(string verb, bool isDisabled)
    {
        (WhereOptions where, Argument<string> name) = (new WhereOptions(), Name());
        var command = new Command(verb, isDisabled ? "Lets a person sign in no more, and ends their sessions. 停用用户" : "Lets a person sign in again. 启用用户") { name };
        where.AddTo(command);
        command.WithExamples(($"cityperception user {verb} wang.li", "within seconds · 数秒内生效"));
        command.SetAction((parsed, cancellationToken) => Work.SwitchUserAsync(where.Read(parsed), parsed.GetRequiredValue(name), isDisabled, cancellationToken));
        return command;
    }

    private static Command Password()
    {
        (WhereOptions where, Argument<string> name, Option<bool> password) = (new WhereOptions(), Name(), PasswordInput());
        var command = new Command("password", "Gives a person another password, and ends their sessions. 重设密码") { name, password };
        where.AddTo(command);
        command.WithExamples(("cityperception user password wang.li", "makes one, and shows it once · 生成新密码并显示一次"));
        command.SetAction((parsed, cancellationToken) => Work.SetPasswordAsync(where.Read(parsed), parsed.GetRequiredValue(name), parsed.GetValue(password), cancellationToken));
        return command;
    }

    private static Command SetRoles()
    {
        (WhereOptions where, Argument<string> name) = (new WhereOptions(), Name());
        var roles = new Argument<string[]>("ROLE") { Description = $"{RoleList}: these and no others. 角色", Arity = ArgumentArity.OneOrMore };
        roles.Validators.Add(result => Check(result, result.GetValueOrDefault<string[]>()));
        var command = new Command("roles", "Gives a person these roles and no others. 设置角色") { name, roles };
        where.AddTo(command);
        command.WithExamples(("cityperception user roles wang.li engineer auditor", "holds for open sessions too · 对已登录的会话同样生效"));
        command.SetAction((parsed, cancellationToken) => Work.SetRolesAsync(where.Read(parsed), parsed.GetRequiredValue(name), parsed.GetRequiredValue(roles), cancellationToken));
        return command;
    }

    private static Argument<string> Name() => new("NAME") { Description = "What the person types to sign in; small and capital letters are the same. 用户名" };

    /// <summary>The option that a password is given, not made.</summary>
    public static Option<bool> PasswordInput() => new("--password-input") { Description = "Read the password from the input: a line of 15 characters or more (false by default: one is made). 从标准输入读取密码" };

    private static void Check(System.CommandLine.Parsing.SymbolResult result, string[]? roles)
    {
        foreach (string role in roles ?? [])
            if (!UserRoles.All.Contains(role)) result.AddError($"'{role}' is no role{Hints.DidYouMean(role, UserRoles.All)} The roles are {RoleList}. 角色无效。");
    }
}
