using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace CityPerception.Storage.Operations.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Cases : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "case_book",
                columns: table => new
                {
                    id = table.Column<int>(type: "INTEGER", nullable: false),
                    edition = table.Column<int>(type: "INTEGER", nullable: false),
                    draft = table.Column<int>(type: "INTEGER", nullable: true),
                    draft_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_case_book", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "cases",
                columns: table => new
                {
                    edition = table.Column<int>(type: "INTEGER", nullable: false),
                    source = table.Column<string>(type: "TEXT", nullable: false),
                    id = table.Column<string>(type: "TEXT", nullable: false),
                    state = table.Column<string>(type: "TEXT", nullable: false),
                    district = table.Column<string>(type: "TEXT", nullable: false),
                    grid = table.Column<string>(type: "TEXT", nullable: false),
                    category = table.Column<string>(type: "TEXT", nullable: false),
                    dept = table.Column<string>(type: "TEXT", nullable: false),
                    begun_at = table.Column<long>(type: "INTEGER", nullable: false),
                    changed_at = table.Column<long>(type: "INTEGER", nullable: false),
                    ended_at = table.Column<long>(type: "INTEGER", nullable: true),
                    deadline_at = table.Column<long>(type: "INTEGER", nullable: true),
                    is_deadline_sent = table.Column<bool>(type: "INTEGER", nullable: false),
                    is_open = table.Column<bool>(type: "INTEGER", nullable: false),
                    misses = table.Column<bool>(type: "INTEGER", nullable: false),
                    on_time = table.Column<bool>(type: "INTEGER", nullable: true),
                    reworks = table.Column<int>(type: "INTEGER", nullable: false),
                    returns = table.Column<int>(type: "INTEGER", nullable: false),
                    mediated = table.Column<bool>(type: "INTEGER", nullable: true),
                    agreed = table.Column<bool>(type: "INTEGER", nullable: true),
                    clock_at = table.Column<long>(type: "INTEGER", nullable: true),
                    is_cut = table.Column<bool>(type: "INTEGER", nullable: false),
                    events = table.Column<byte[]>(type: "BLOB", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_cases", x => new { x.edition, x.id, x.source });
                });

            migrationBuilder.InsertData(
                table: "case_book",
                columns: new[] { "id", "draft", "draft_at", "edition" },
                values: new object[] { 1, null, 0L, 1 });

            migrationBuilder.CreateIndex(
                name: "ix_cases_edition_changed_at",
                table: "cases",
                columns: new[] { "edition", "changed_at" });

            migrationBuilder.CreateIndex(
                name: "ix_cases_edition_clock_at",
                table: "cases",
                columns: new[] { "edition", "clock_at" },
                filter: "clock_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_cases_edition_deadline_at",
                table: "cases",
                columns: new[] { "edition", "deadline_at" },
                filter: "is_open");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "case_book");

            migrationBuilder.DropTable(
                name: "cases");
        }
    }
}
