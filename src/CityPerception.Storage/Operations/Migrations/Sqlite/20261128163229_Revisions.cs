using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace CityPerception.Storage.Operations.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Revisions : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "revision",
                table: "devices",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.CreateTable(
                name: "registry_state",
                columns: table => new
                {
                    id = table.Column<int>(type: "INTEGER", nullable: false),
                    revision = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_registry_state", x => x.id);
                });

            migrationBuilder.InsertData(
                table: "registry_state",
                columns: new[] { "id", "revision" },
                values: new object[] { 1, 0L });

            migrationBuilder.CreateIndex(
                name: "ix_devices_revision",
                table: "devices",
                column: "revision");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "registry_state");

            migrationBuilder.DropIndex(
                name: "ix_devices_revision",
                table: "devices");

            migrationBuilder.DropColumn(
                name: "revision",
                table: "devices");
        }
    }
}
