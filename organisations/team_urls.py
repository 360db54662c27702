"""The addresses of the pages about a team. Ids in them are public ones."""

from django.urls import path

from organisations.views import invitations, joining, team

app_name = "team"

urlpatterns = [
    path("", team.team_list, name="list"),
    path("invite/", invitations.invite_colleague, name="invite"),
    path("invited/<uuid:invitation_id>/send/", invitations.send_once_more, name="send_again"),
    path("invited/<uuid:invitation_id>/withdraw/", invitations.withdraw, name="withdraw"),
    path("invitations/<str:token>/", joining.open_link, name="open_invitation"),
    path("join/", joining.join, name="join"),
    path("<uuid:member_id>/", team.member, name="member"),
    path("<uuid:member_id>/deactivate/", team.deactivate, name="deactivate"),
    path("<uuid:member_id>/reactivate/", team.reactivate, name="reactivate"),
]
