namespace CityPerception.Hosting;

/// <summary>A file with one secret and nothing else.</summary>
internal static class SecretFile
{
    /// <summary>The secret without the blanks around it; null with what is wrong, which never holds it.</summary>
    public static string? Read(string file, out string? fault)
    {
        fault = null;
        try
        {
            string secret = File.ReadAllText(file).Trim();
            if (secret.Length > 0) return secret;
            fault = $"{file} is empty; allowed: a file with the secret. 密钥文件为空。";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            fault = $"{file} cannot be read: {e.Message} 密钥文件无法读取。";
        }

        return null;
    }
}
