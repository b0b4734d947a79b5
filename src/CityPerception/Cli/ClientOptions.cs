using System.CommandLine;
using System.CommandLine.Parsing;
using System.Security.Cryptography.X509Certificates;
using CityPerception.Hosting;
using CityPerception.Sources.Mqtt.External;

namespace CityPerception.Cli;

/// <summary>Where it stands who a simulated client is, and whom it believes. Secrets are in files: a command line is seen by everybody on the machine and kept by histories.</summary>
/// <param name="ApiKeyFile">A file with an API key; null for none.</param>
/// <param name="User">The user of MQTT connections; null for none.</param>
/// <param name="PasswordFile">A file with the user's password; null for none.</param>
/// <param name="AuthoritiesFile">PEM with the authorities to trust; null for the system's.</param>
internal sealed record ClientFiles(string? ApiKeyFile, string? User, string? PasswordFile, string? AuthoritiesFile);

/// <summary>The same, read.</summary>
internal sealed record ClientSecrets(string? ApiKey, string? Password, X509Certificate2Collection? Authorities)
{
    /// <summary>Reads the files; null with what is wrong, which never holds a secret.</summary>
    public static ClientSecrets? Read(ClientFiles files, out string fault)
    {
        (string? apiKey, string? password) = (null, null);
        if (files.ApiKeyFile is { } keyFile && (apiKey = SecretFile.Read(keyFile, out string? why)) is null) return Fault("--api-key-file", why, out fault);
        if (files.PasswordFile is { } passwordFile && (password = SecretFile.Read(passwordFile, out why)) is null) return Fault("--password-file", why, out fault);
        if (files.AuthoritiesFile is { } pem && TrustedAuthorities.FaultOf(pem) is { } bad) return Fault("--ca", bad, out fault);
        fault = "";
        return new ClientSecrets(apiKey, password, files.AuthoritiesFile is null ? null : TrustedAuthorities.Read(files.AuthoritiesFile));
    }

    private static ClientSecrets? Fault(string option, string? why, out string fault)
    {
        fault = $"{option}: {why}";
        return null;
    }
}

/// <summary>The options of the commands that are clients of a server which may ask for credentials.</summary>
internal sealed class ClientOptions
{
    private readonly Option<string?> _apiKeyFile = new("--api-key-file") { HelpName = "FILE", Description = "A file with an API key, for HTTP (none by default). API 密钥文件" };
    private readonly Option<string?> _user = new("--user") { HelpName = "NAME", Description = "The user name of MQTT connections (none by default). MQTT 用户名" };
    private readonly Option<string?> _passwordFile = new("--password-file") { HelpName = "FILE", Description = "A file with that user's password (none by default). MQTT 密码文件" };
    private readonly Option<string?> _authorities = new("--ca") { HelpName = "FILE", Description = "Certificates to trust, PEM (the system's by default). 信任的证书" };

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_apiKeyFile, _user, _passwordFile, _authorities]) command.Add(option);
        command.Validators.Add(result =>
        {
            if ((result.GetValue(_user) is null) != (result.GetValue(_passwordFile) is null)) result.AddError("--user and --password-file go together. 用户名与密码文件须同时给出。");
        });
    }

    /// <summary>Whether a user is named.</summary>
    public bool HasUser(CommandResult result) => result.GetValue(_user) is not null;

    public ClientFiles Read(ParseResult parsed) => new(parsed.GetValue(_apiKeyFile), parsed.GetValue(_user), parsed.GetValue(_passwordFile), parsed.GetValue(_authorities));
}
