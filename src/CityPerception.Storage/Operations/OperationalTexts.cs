using System.Collections.Frozen;
using System.Data;
using System.Data.Common;
using System.Globalization;
using System.Runtime.CompilerServices;
using CityPerception.Storage.Links;
using CityPerception.Storage.Operations.Access;
using CityPerception.Storage.Operations.Auditing;
using CityPerception.Storage.Operations.Devices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;

namespace CityPerception.Storage.Operations;

/// <summary>A text in the operational database, or bytes that may hold some.</summary>
/// <param name="Table">Its table.</param>
/// <param name="Column">Its column.</param>
/// <param name="Row">The row's key.</param>
/// <param name="Text">The text; null where the column has bytes.</param>
/// <param name="Bytes">The bytes; null where the column has text.</param>
public readonly record struct OperationalText(string Table, string Column, string Row, string? Text, byte[]? Bytes);

/// <summary>
/// All texts of the operational database, table by table as the model has them: whoever adds a table or a column has them looked at
/// without doing anything. Left out is what <see cref="LeftOut"/> names.
/// </summary>
public static class OperationalTexts
{
    /// <summary>Columns that hold no words, or names by which staff and programs come in, which may well be addresses of mail.</summary>
    private static readonly FrozenSet<(Type, string)> LeftOut = new (Type, string)[]
    {
        (typeof(DeviceCredential), nameof(DeviceCredential.Secret)),
        (typeof(User), nameof(User.PasswordHash)),
        (typeof(User), nameof(User.Stamp)),
        (typeof(User), nameof(User.Name)),
        (typeof(ApiKey), nameof(ApiKey.Hash)),
        (typeof(ApiKey), nameof(ApiKey.Name)),
        (typeof(AuditEntry), nameof(AuditEntry.Who)),
        (typeof(AppealRow), nameof(AppealRow.Fingerprint)),
        (typeof(AppealVerdict), nameof(AppealVerdict.By)),
    }.ToFrozenSet();

    /// <summary>Reads them.</summary>
    /// <exception cref="DbException">The database does not answer, or is of another version.</exception>
    public static async IAsyncEnumerable<OperationalText> ReadAsync(OperationalDbs databases, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using OperationalDb db = databases.CreateDbContext();
        HashSet<string> staff = [.. await db.Users.AsNoTracking().Select(u => u.Name).ToListAsync(cancellationToken)];
        await db.Database.OpenConnectionAsync(cancellationToken);
        foreach (IEntityType entity in db.Model.GetEntityTypes())
        {
            IProperty[] columns = [.. entity.GetProperties().Where(p => MayHoldWords(entity, p))];
            if (columns.Length == 0 || entity.GetTableName() is not { } table) continue;
            await foreach (OperationalText text in ReadAsync(db, table, entity.FindPrimaryKey()!.Properties, columns, cancellationToken))
                yield return text.Text is { } said && entity.ClrType == typeof(AuditEntry) ? text with { Text = WithoutStaff(said, staff) } : text;
        }
    }

    private static bool MayHoldWords(IEntityType entity, IProperty property) =>
        (property.ClrType == typeof(string) || property.ClrType == typeof(byte[])) && !LeftOut.Contains((entity.ClrType, property.Name));

    private static async IAsyncEnumerable<OperationalText> ReadAsync(
        OperationalDb db, string table, IReadOnlyList<IProperty> key, IProperty[] columns, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ISqlGenerationHelper sql = db.GetService<ISqlGenerationHelper>();
        await using DbCommand command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = $"SELECT {string.Join(", ", key.Concat(columns).Select(p => sql.DelimitIdentifier(p.GetColumnName())))} FROM {sql.DelimitIdentifier(table)}";
        await using DbDataReader rows = await command.ExecuteReaderAsync(CommandBehavior.SingleResult, cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            string row = string.Join('/', Enumerable.Range(0, key.Count).Select(i => Convert.ToString(rows.GetValue(i), CultureInfo.InvariantCulture)));
            for (int i = 0; i < columns.Length; i++)
            {
                object value = rows.GetValue(key.Count + i);
                // An id of ours is no text, though it may have digits like a telephone's.
                if (value is DBNull || (value is string text && (text.Length == 0 || Guid.TryParse(text, out _)))) continue;
                yield return new OperationalText(table, columns[i].GetColumnName(), row, value as string, value as byte[]);
            }
        }
    }

    // What was done to an account names it: alone, or as a value of a route (name=…).
    private static string WithoutStaff(string target, HashSet<string> staff) =>
        string.Join(' ', target.Split(' ').Where(part => !staff.Contains(part[(part.IndexOf('=') + 1)..])));
}
